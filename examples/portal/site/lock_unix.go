//go:build unix

package site

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockFolder keeps a data folder for this portal alone: two would spoil each
// other's index. The lock ends with the process, however that ends.
func lockFolder(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, "portal.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("-data %s: %w", dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		text, _ := io.ReadAll(io.LimitReader(f, 20))
		return nil, errors.Join(fmt.Errorf("-data %s: another portal, process %s, uses this folder: stop it, or give this one a folder of its own",
			dir, strings.TrimSpace(string(text))), f.Close())
	}
	if err == nil {
		// An earlier version has let others read it.
		err = errors.Join(f.Chmod(0o600), f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("-data %s: %w", dir, err), f.Close())
	}
	return f, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text+"\n"), 0)
	return err
}
