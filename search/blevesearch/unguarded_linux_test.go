package blevesearch_test

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
	"github.com/stretchr/testify/require"
)

// TestDamageWithoutGuard shows that the guard is needed: over the same damages,
// bleve alone panics, takes all the memory there is or does not return. Where the
// damages hit depends on how an index happened to be written, so that several are
// tried.
func TestDamageWithoutGuard(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts a process for each damage")
	}
	died, tried := 0, 0
	for range 10 {
		base := sound(t)
		for _, d := range damages() {
			dir := filepath.Join(t.TempDir(), "index")
			copyDir(t, base, dir)
			root := filepath.Dir(filesIn(t, dir, "root.bolt")[0])
			d.do(t, dir)
			if tried++; !endsWell(t, root) {
				died++
			}
		}
		if died > 0 {
			break
		}
	}
	t.Logf("%d of %d damages end the program", died, tried)
	require.Positive(t, died)
	require.Less(t, died, tried, "there is nothing wrong with the test itself")
}

// endsWell reports whether a process in which bleve reads a directory comes to
// its end.
func endsWell(t *testing.T, dir string) bool {
	cmd, lines, err := start(t, "bare", dir, nil)
	require.NoError(t, err)
	hung := time.AfterFunc(20*time.Second, func() { _ = cmd.Process.Kill() })
	defer hung.Stop()
	done := false
	for lines.Scan() {
		done = done || lines.Text() == "done"
	}
	return cmd.Wait() == nil && done
}

func init() { otherWork["bare"] = readBare }

// readBare reads all of a directory with bleve alone, and with no more memory
// than a machine can spare.
func readBare(_ *testing.T, dir string) {
	_ = syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 3 << 30, Max: 3 << 30})
	debug.SetPanicOnFault(true)
	readWhole(dir)
	fmt.Println("done")
}

func readWhole(dir string) {
	q := index.NewAnalysisQueue(1)
	defer q.Close()
	s, err := scorch.NewScorch(scorch.Name, map[string]any{"path": dir, "bolt_timeout": "1s", "read_only": true}, q)
	if err != nil || s.Open() != nil {
		return
	}
	defer func() { _ = s.Close() }()
	r, err := s.Reader()
	if err != nil {
		return
	}
	defer func() { _ = r.Close() }()
	for _, part := range r.(*scorch.IndexSnapshot).Segments() {
		readAll(part)
	}
}

// readAll reads all postings and documents of a segment.
func readAll(part *scorch.SegmentSnapshot) {
	for _, field := range part.Fields() {
		d, err := part.Segment().Dictionary(field)
		if err != nil {
			return
		}
		terms := d.AutomatonIterator(nil, nil, nil)
		for e, err := terms.Next(); e != nil && err == nil; e, err = terms.Next() {
			list, err := d.PostingsList([]byte(e.Term), nil, nil)
			if err != nil {
				return
			}
			it := list.Iterator(true, true, true, nil)
			for p, err := it.Next(); p != nil && err == nil; p, err = it.Next() {
				_ = p.Locations()
			}
		}
	}
	for i := range part.Segment().Count() {
		_ = part.VisitDocument(i, func(string, byte, []byte, []uint64) bool { return true })
	}
}
