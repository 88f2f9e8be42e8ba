//go:build unix

package main

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// asNobody returns a command that runs without rights: as ourselves, or as
// nobody if we are the one whom no rights stop.
func asNobody(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}
