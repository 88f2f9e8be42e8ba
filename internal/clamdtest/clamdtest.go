// Package clamdtest plays a clamd that finds one signature, or goes wrong.
package clamdtest

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Signature is what it finds, as Finding.
const (
	Signature = "a signature that only tests know"
	Finding   = "Stoa.Test.Signature"
)

// A Fault is a way in which it goes wrong.
type Fault string

// The faults.
const (
	FaultNone     Fault = ""
	FaultHang     Fault = "reads nothing and says nothing"
	FaultMute     Fault = "reads everything and says nothing"
	FaultSlow     Fault = "says half of its answer and then nothing"
	FaultCut      Fault = "closes when it has read some"
	FaultEnd      Fault = "closes without an answer"
	FaultHalf     Fault = "closes in its answer"
	FaultLimit    Fault = "takes no more than a kilobyte, and resets"
	FaultExceeded Fault = "did not look at all of it"
	FaultError    Fault = "could not look"
	FaultNonsense Fault = "says something else"
	FaultOther    Fault = "says OK to something else"
	FaultEmpty    Fault = "finds something without a name"
)

// Faults returns all of them but none.
func Faults() []Fault {
	return []Fault{FaultHang, FaultMute, FaultSlow, FaultCut, FaultEnd, FaultHalf, FaultLimit, FaultExceeded, FaultError, FaultNonsense, FaultOther, FaultEmpty}
}

// answers are those that are whole, and wrong.
var answers = map[Fault]string{
	FaultExceeded: "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\x00",
	FaultError:    "stream: Can't allocate memory ERROR\x00",
	FaultNonsense: "PONG\x00",
	FaultOther:    "/etc/passwd: OK\x00",
	FaultEmpty:    "stream:  FOUND\x00",
	FaultHalf:     "stream: OK",
}

// Start plays one until the test ends, and returns its address.
func Start(t testing.TB, fault Fault) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	over := make(chan struct{})
	t.Cleanup(func() {
		close(over)
		_ = l.Close()
	})
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go serve(conn, fault, over)
		}
	}()
	return l.Addr().String()
}

func serve(conn net.Conn, fault Fault, over <-chan struct{}) {
	defer conn.Close() //nolint:errcheck // it is over
	if fault == FaultHang {
		<-over
		return
	}
	content, err := receive(bufio.NewReader(conn), fault)
	if err != nil {
		if fault == FaultLimit {
			_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
			_ = conn.(*net.TCPConn).SetLinger(0)
			time.Sleep(time.Millisecond) // sometimes the answer arrives before the reset
		}
		return
	}
	switch answer, wrong := answers[fault]; {
	case wrong:
		_, _ = io.WriteString(conn, answer)
	case fault == FaultSlow:
		_, _ = io.WriteString(conn, "stream: ")
		<-over
	case fault == FaultMute:
		<-over
	case fault == FaultEnd:
	case bytes.Contains(content, []byte(Signature)):
		_, _ = io.WriteString(conn, "stream: "+Finding+" FOUND\x00")
	default:
		_, _ = io.WriteString(conn, "stream: OK\x00")
	}
}

// receive reads a content as clamd does.
func receive(r *bufio.Reader, fault Fault) ([]byte, error) {
	command, err := r.ReadString(0)
	if err != nil || command != "zINSTREAM\x00" {
		return nil, fmt.Errorf("command %q: %w", command, io.ErrUnexpectedEOF)
	}
	var content []byte
	for {
		var size uint32
		if err := binary.Read(r, binary.BigEndian, &size); err != nil {
			return nil, err
		}
		if size == 0 {
			return content, nil
		}
		if fault == FaultLimit && size > 1024 || fault == FaultCut {
			return nil, io.ErrShortBuffer
		}
		piece := make([]byte, size)
		if _, err := io.ReadFull(r, piece); err != nil {
			return nil, err
		}
		content = append(content, piece...)
	}
}
