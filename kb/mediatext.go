package kb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/internal/filetext"
)

// A TextReader returns the words in a file of a type. It should end with ctx.
type TextReader func(ctx context.Context, mime string, r io.ReaderAt, size int64) (string, error)

const (
	readFor     = 30 * time.Second // how long words are looked for in one file
	readTries   = 3                // so often is it begun: a process may have died of it
	readAtOnce  = 20
	maxAttached = 256 << 10 // bytes of words in files that go into the index with one text
)

// readWaiting looks for the words in files that nobody has read yet. That it was
// begun is stored first: a file that ends the process is not read for ever.
func (l *Library) readWaiting(ctx context.Context) (err error) {
	q := MediaQuery{Words: TextWaiting, Limit: readAtOnce}
	for {
		page, next, listErr := l.store.ListMedia(ctx, q)
		if listErr != nil {
			return errors.Join(err, fmt.Errorf("media to read: %w", listErr))
		}
		for _, m := range page {
			if readErr := l.readWords(ctx, m); readErr != nil {
				err = errors.Join(err, fmt.Errorf("media %s: %w", m.Name, readErr))
			}
		}
		if next == "" {
			return err
		}
		q.After = next
	}
}

func (l *Library) readWords(ctx context.Context, m Media) error {
	t := MediaText{State: TextWaiting, Tries: m.Tries + 1}
	if t.Tries > readTries {
		t.State = TextFailed
		return l.keepWords(ctx, m, t)
	}
	if err := l.keepWords(ctx, m, t); err != nil {
		return err
	}
	m, err := l.store.Media(ctx, m.Name)
	if err != nil {
		return absentIsFine(err)
	}
	text, err := l.wordsIn(ctx, m)
	t.State, t.Text = TextRead, text
	if err != nil && text == "" {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		l.log.InfoContext(ctx, "the words in a medium cannot be read", "media", m.Name, "err", err)
		t.State = TextFailed
	}
	return l.keepWords(ctx, m, t)
}

// keepWords stores what is known of the words in m, unless it is another by now.
func (l *Library) keepWords(ctx context.Context, m Media, t MediaText) error {
	set, err := l.blockSet(ctx)
	if err != nil {
		return err
	}
	return absentIsFine(l.store.SaveMediaText(ctx, m.Name, m.Hash, t, set.showing(m.Name)))
}

func absentIsFine(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// wordsIn returns the words in m. Who reads them may panic or never come back:
// then they are left alone with the file.
func (l *Library) wordsIn(ctx context.Context, m Media) (string, error) {
	if isFilm(m.Name) {
		return l.filmWords(ctx, m.Name)
	}
	r, err := l.opened(ctx, m)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, readFor)
	type found struct {
		text string
		err  error
	}
	out := make(chan found, 1)
	go func() {
		defer cancel()
		defer r.Close() //nolint:errcheck // it was only read
		defer func() {
			if fault := recover(); fault != nil {
				out <- found{"", fmt.Errorf("panic: %v", fault)}
			}
		}()
		text, err := l.readText(ctx, m.Type, atAny(r), m.Size)
		out <- found{filetext.Tidy(text), err}
	}()
	select {
	case f := <-out:
		return f.text, f.err
	case <-ctx.Done():
		select {
		case f := <-out:
			return f.text, f.err
		default:
			return "", ctx.Err()
		}
	}
}

// atAny returns a file to be read from any place.
func atAny(r io.ReadSeeker) io.ReaderAt {
	if at, ok := r.(io.ReaderAt); ok {
		return at
	}
	return &seeking{r: r}
}

type seeking struct {
	mu sync.Mutex
	r  io.ReadSeeker
}

// ReadAt reads from a place.
func (s *seeking) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.r.Seek(off, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(s.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}

// attached returns the words in the files that a text and the fields of its
// article name.
func (l *Library) attached(ctx context.Context, names []string) (string, error) {
	if len(names) == 0 {
		return "", nil
	}
	texts, err := l.store.MediaTexts(ctx, names)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, name := range names {
		text := texts[name]
		if b.Len()+len(text) > maxAttached {
			text = strings.ToValidUTF8(text[:max(0, maxAttached-b.Len())], "")
		}
		if text != "" {
			b.WriteString("\n" + text)
		}
	}
	return b.String(), nil
}
