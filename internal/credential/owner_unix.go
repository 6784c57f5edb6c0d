//go:build unix

package credential

import (
	"os"
	"syscall"
)

// ours reports whether a file belongs to whoever runs this.
func ours(at os.FileInfo) bool {
	s, ok := at.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// keepOwner gives a file that root wrote for somebody else the owner that it had.
func keepOwner(file *os.File, before os.FileInfo) error {
	s, ok := before.Sys().(*syscall.Stat_t)
	if !ok || ours(before) && int(s.Gid) == os.Getegid() {
		return nil
	}
	return file.Chown(int(s.Uid), int(s.Gid))
}
