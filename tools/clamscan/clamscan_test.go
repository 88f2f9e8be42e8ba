package clamscan_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/clamdtest"
	"github.com/stoa-go/stoa/tools/clamscan"
)

func client(t testing.TB, address string, timeout time.Duration) *clamscan.Client {
	t.Helper()
	c, err := clamscan.New(address, &clamscan.Options{Timeout: timeout})
	require.NoError(t, err)
	return c
}

func TestScan(t *testing.T) {
	c := client(t, clamdtest.Start(t, clamdtest.FaultNone), 0)
	large := strings.Repeat("nothing to see here ", 50_000)
	for name, text := range map[string]string{
		"empty": "", "small": "x", "whole pieces": strings.Repeat("x", 128<<10), "large": large,
		"bad": clamdtest.Signature, "bad across pieces": strings.Repeat("x", 64<<10-7) + clamdtest.Signature, "bad at the end": large + clamdtest.Signature,
	} {
		finding, err := c.Scan(t.Context(), iotest.HalfReader(strings.NewReader(text)))
		require.NoError(t, err, name)
		require.Equal(t, strings.Contains(text, clamdtest.Signature), finding == clamdtest.Finding, name)
		require.True(t, finding == "" || finding == clamdtest.Finding, name)
	}
}

// TestNeverClean: whatever goes wrong, nobody says that a content is clean.
func TestNeverClean(t *testing.T) {
	for _, fault := range clamdtest.Faults() {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			c := client(t, clamdtest.Start(t, fault), 300*time.Millisecond)
			for _, size := range []int{2 << 10, 16 << 20} {
				finding, err := c.Scan(t.Context(), strings.NewReader(strings.Repeat("x", size)))
				require.ErrorIs(t, err, clamscan.ErrUnavailable)
				require.Empty(t, finding)
			}
		})
	}
}

func TestDown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	_, err = client(t, l.Addr().String(), 0).Scan(t.Context(), strings.NewReader("x"))
	require.ErrorIs(t, err, clamscan.ErrUnavailable)
	_, err = client(t, "unix:"+filepath.Join(t.TempDir(), "none"), 0).Scan(t.Context(), strings.NewReader("x"))
	require.ErrorIs(t, err, clamscan.ErrUnavailable)
}

// TestBrokenReader: a content that was not read to its end is not clean, though
// what clamd got of it is.
func TestBrokenReader(t *testing.T) {
	c := client(t, clamdtest.Start(t, clamdtest.FaultNone), 0)
	broken := errors.New("the line broke")
	for _, n := range []int{0, 5, 64 << 10, 100_000} {
		_, err := c.Scan(t.Context(), io.MultiReader(strings.NewReader(strings.Repeat("x", n)), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
	}
}

func TestCancelled(t *testing.T) {
	c := client(t, clamdtest.Start(t, clamdtest.FaultMute), time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := c.Scan(ctx, &ending{strings.NewReader("x"), cancel})
	require.ErrorIs(t, err, clamscan.ErrUnavailable)
}

// An ending reader calls something at its end.
type ending struct {
	io.Reader
	end func()
}

func (e *ending) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil {
		e.end()
	}
	return n, err
}

func TestAddresses(t *testing.T) {
	for _, bad := range []string{"", "localhost", ":3310", "unix:", "host:"} {
		_, err := clamscan.New(bad, nil)
		require.ErrorIs(t, err, clamscan.ErrInvalid, bad)
	}
}

// TestReal asks a real clamd about the file that all scanners know.
func TestReal(t *testing.T) {
	address := os.Getenv("STOA_TEST_CLAMD")
	if address == "" {
		t.Skip("STOA_TEST_CLAMD names no clamd with its signatures")
	}
	c := client(t, address, 0)
	finding, err := c.Scan(t.Context(), strings.NewReader(`X5O!P%@AP[4\PZX54(P^)7CC)7}$`+"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"))
	require.NoError(t, err)
	require.Contains(t, strings.ToLower(finding), "eicar")
	finding, err = c.Scan(t.Context(), strings.NewReader("nothing"))
	require.NoError(t, err)
	require.Empty(t, finding)
}
