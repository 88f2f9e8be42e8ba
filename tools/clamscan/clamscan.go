// Package clamscan has files looked at by ClamAV before they are kept.
//
//	scanner, err := clamscan.New("127.0.0.1:3310", nil)
//	library := kb.NewLibrary(store, &kb.Options{Scanner: scanner})
//
// A [Client] speaks clamd's INSTREAM: contents are sent to it, and nothing is
// written to a disk that both must see. Everything that takes uploads asks for a
// scanner by an interface of its own with the one method [Client.Scan].
//
// # Nothing passes unseen
//
// A content is clean only if clamd says so, in full. Where it is down, slow,
// hangs, answers half or nonsense, or where a content is larger than it takes,
// there is an error, which matches [ErrUnavailable], and the content is not clean.
//
// # The server
//
// Of files that are larger than its MaxFileSize or MaxScanSize clamd says that
// they are clean, unless its configuration has "AlertExceedsMax yes". Set that;
// what it says then counts as not looked at. StreamMaxLength is how large a
// content may be.
package clamscan

import (
	"bufio"
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
	"unicode"

	"github.com/stoa-go/stoa/internal/errs"
)

// The errors of a Client match one of these.
var (
	ErrUnavailable = errs.Unavailable // the content was not looked at, or not to its end
	ErrInvalid     = errs.Invalid     // the address is none
)

// Options adjust a Client. The zero value is ready to use.
type Options struct {
	Timeout time.Duration // how long one content may take, with sending it; 0 means a minute
}

// A Client has contents looked at by a clamd. It is safe for concurrent use; each
// content has a connection of its own.
type Client struct {
	network, address string
	timeout          time.Duration
}

// New returns a Client of the clamd at an address: "HOST:PORT", or "unix:PATH" for
// a socket.
func New(address string, opts *Options) (*Client, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	c := &Client{network: "tcp", address: address, timeout: cmp.Or(o.Timeout, time.Minute)}
	if path, ok := strings.CutPrefix(address, "unix:"); ok && path != "" {
		c.network, c.address = "unix", path
		return c, nil
	}
	if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
		return nil, fmt.Errorf("clamd at %q: %w", address, ErrInvalid)
	}
	return c, nil
}

// Scan returns what is found in a content, "Win.Test.EICAR_HDB-1", or "" if
// nothing is. An error means that nobody knows; if r ends with one, it is that.
func (c *Client) Scan(ctx context.Context, r io.Reader) (finding string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	answer, err := c.ask(ctx, r)
	if err == nil {
		finding, err = verdict(answer)
	}
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	return finding, nil
}

// ask sends a content and returns the answer.
func (c *Client) ask(ctx context.Context, r io.Reader) (string, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	defer conn.Close() //nolint:errcheck // the answer is there, or it is not
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	sent := send(conn, r)
	if sent != nil && !errors.Is(sent, ErrUnavailable) {
		return "", sent // the content could not be read: nothing that clamd says is about it
	}
	// Where the content was not taken to its end, the answer may say why.
	answer, err := bufio.NewReader(io.LimitReader(conn, 4096)).ReadString(0)
	switch {
	case err == nil && sent == nil:
		return strings.TrimSuffix(answer, "\x00"), nil
	case err == nil:
		return "", fmt.Errorf("%w: %s", sent, printable(answer))
	}
	return "", errors.Join(sent, fmt.Errorf("%w: no answer: %w", ErrUnavailable, err))
}

const chunk = 64 << 10

// send sends a content in pieces, each with its length before it, and an empty
// one at the end.
func send(w io.Writer, r io.Reader) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	piece := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(r, piece[4:])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		end := err != nil
		binary.BigEndian.PutUint32(piece, uint32(n))
		out := piece[:4+n]
		if end && n > 0 {
			out = append(out, 0, 0, 0, 0)
		}
		if _, err := w.Write(out); err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		if end {
			return nil
		}
	}
}

// verdict returns what an answer says. Whatever is not known is no verdict.
func verdict(answer string) (string, error) {
	if answer == "stream: OK" {
		return "", nil
	}
	name, found := strings.CutSuffix(answer, " FOUND")
	name, ours := strings.CutPrefix(name, "stream: ")
	if !found || !ours || name == "" || strings.HasPrefix(name, "Heuristics.Limits.Exceeded") {
		return "", fmt.Errorf("%w: %s", ErrUnavailable, printable(answer))
	}
	return printable(name), nil
}

// printable returns a text of the server's for logs and people.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), 200)]
}
