package spec

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExamplesParse(t *testing.T) {
	files, err := filepath.Glob("testdata/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b, err := Parse(file, data)
		if err != nil {
			t.Errorf("%v", err)
		}
		t.Logf("%+v %+v %+v", b, b.ToAWS, b.ToGoogle)
	}
}
