//go:build unix

package testdb

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// A template is an initialised data directory that clusters are copies of.
type template struct {
	bin        string              // the folder of the server's programs
	base       string              // our folder in the temporary directory
	dir        string              // the template, inside base
	credential *syscall.Credential // nil: run as ourselves
	password   string              // of the superuser, which is called stoa
}

// openTemplate returns the template of the binaries in bin. The first process
// to ask makes it, the others wait.
func openTemplate(bin string) (*template, error) {
	credential, err := serverUser()
	if err != nil {
		return nil, err
	}
	version, err := exec.Command(filepath.Join(bin, "postgres"), "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s/postgres: %w", bin, err)
	}
	t := &template{bin: bin, credential: credential, base: filepath.Join(os.TempDir(), fmt.Sprintf("stoa-testdb-%d", os.Geteuid()))}
	key := sha256.Sum256([]byte(strings.Join(append(initArgs("", ""), bin, string(version), fmt.Sprint(credential)), "\x00")))
	t.dir = filepath.Join(t.base, fmt.Sprintf("template-%x", key[:6]))
	if err := ownFolder(t.base); err != nil {
		return nil, err
	}
	unlock, err := lock(filepath.Join(t.base, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, err := os.Stat(t.dir); errors.Is(err, fs.ErrNotExist) {
		if err := t.make(); err != nil {
			return nil, err
		}
	}
	password, err := os.ReadFile(filepath.Join(t.dir, "password"))
	t.password = strings.TrimSpace(string(password))
	return t, err
}

// serverUser returns whom to run the server as: it refuses root.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("root cannot run a server and there is no user postgres or nobody")
}

// ownFolder makes a folder that only we can write to, or checks that it is:
// anyone can put one of that name into the temporary directory.
func ownFolder(dir string) error {
	if err := os.Mkdir(dir, 0o711); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("%s is not a folder of ours", dir)
	}
	return nil
}

func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// make initialises the template, under another name until it is whole.
func (t *template) make() error {
	dir, err := os.MkdirTemp(t.base, "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	pwfile := filepath.Join(dir, "password")
	if err := os.WriteFile(pwfile, []byte(rand.Text()+"\n"), 0o600); err != nil {
		return err
	}
	if err := t.give(dir); err != nil {
		return err
	}
	args := initArgs(filepath.Join(dir, "data"), pwfile)
	// Not every build has ICU; then text sorts by bytes.
	if err := t.initdb(append(args, "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en")); err != nil {
		if os.RemoveAll(filepath.Join(dir, "data")) != nil || t.initdb(append(args, "--locale=C")) != nil {
			return err
		}
	}
	return os.Rename(dir, t.dir)
}

func initArgs(data, pwfile string) []string {
	return []string{"--pgdata=" + data, "--username=stoa", "--pwfile=" + pwfile, "--encoding=UTF8",
		"--auth-local=trust", "--auth-host=scram-sha-256", "--wal-segsize=1", "--no-sync"}
}

func (t *template) initdb(args []string) error {
	var out bytes.Buffer
	cmd := exec.Command(filepath.Join(t.bin, "initdb"), args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Dir = t.base
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: t.credential}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out.Bytes())
	}
	return nil
}

// copyTo fills dir, which exists, with a data directory.
func (t *template) copyTo(dir string) error {
	data := filepath.Join(dir, "data")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(t.dir, "data"))); err != nil {
		return err
	}
	if err := os.Chmod(data, 0o700); err != nil {
		return err
	}
	return t.give(dir)
}

// give makes the server's user the owner of dir and what is in it.
func (t *template) give(dir string) error {
	if t.credential == nil {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(t.credential.Uid), int(t.credential.Gid))
	})
}
