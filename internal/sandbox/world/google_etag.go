package world

import (
	"encoding/base64"
	"encoding/binary"
)

// etagEpoch makes etags begin with "BwX" as those of the real service do.
const etagEpoch = 0x0705_e800_0000_0000

func etag(serial uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], etagEpoch+serial)
	return base64.StdEncoding.EncodeToString(b[:])
}
