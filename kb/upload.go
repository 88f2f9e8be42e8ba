package kb

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/stoa-go/stoa/analytics"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

const (
	maxFile  = 100 << 20 // bytes, unless Options say otherwise
	maxAbout = 500       // characters
	headSize = 64 << 10  // how much of a file is looked at to tell what it is
)

// An Upload is a medium as somebody sends it.
type Upload struct {
	Name    string // by which articles name it; see [MediaName]
	About   string // what there is to see or to read in it
	Replace bool   // it takes the place of another content of that name
	Content io.Reader
}

// MediaName returns the name that a medium gets from that of a file on somebody's
// machine, or "" if nothing is left of it: without folders, and with hyphens in
// the place of what no name has.
func MediaName(file string) string {
	file = file[strings.LastIndexAny(file, `/\`)+1:]
	var b strings.Builder
	gap := false
	for _, r := range norm.NFC.String(file) {
		if !unicode.In(r, unicode.L, unicode.M, unicode.N) && !strings.ContainsRune("._-", r) {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('-')
		}
		gap = false
		b.WriteRune(r)
	}
	name := strings.Trim(b.String(), "._-")
	for strings.Contains(name, "..") {
		name = strings.ReplaceAll(name, "..", ".")
	}
	ext := ending(name)
	base := []rune(strings.TrimRight(name[:len(name)-len(ext)], "-"))
	name = string(base[:min(len(base), 100)]) + ext
	if !mediaName.MatchString(name) {
		return ""
	}
	return name
}

// Upload keeps a medium. What it is follows from the end of its name, and its
// content must be that. Only who may publish can replace one; the same content
// again changes nothing, so that an upload can be repeated. It is by's from then
// on. Captions in the form of SubRip (".srt") are kept as WebVTT.
func (l *Library) Upload(ctx context.Context, by profile.Actor, u Upload) (Media, error) {
	if !l.policy.May(by, profile.PermissionContentWrite) {
		return Media{}, fmt.Errorf("upload: %w", ErrForbidden)
	}
	m, err := l.upload(ctx, by, u)
	if err != nil {
		return Media{}, fmt.Errorf("upload %s: %w", u.Name, err)
	}
	return m, nil
}

func (l *Library) upload(ctx context.Context, by profile.Actor, u Upload) (Media, error) {
	m, kind, err := l.announced(u)
	if err != nil {
		return Media{}, err
	}
	m, file, err := l.received(ctx, m, kind, u.Content)
	if err != nil {
		return Media{}, err
	}
	if file != nil {
		defer file.discard()
	}
	return l.keepMedia(ctx, by, m, u.Replace, file)
}

// received returns a medium with its content: in it if that is small, and
// otherwise in a file, which the caller discards.
func (l *Library) received(ctx context.Context, m Media, kind fileType, r io.Reader) (Media, *spool, error) {
	if kind.small {
		data, err := io.ReadAll(io.LimitReader(r, MaxMedia+1))
		if err != nil {
			return Media{}, nil, err
		}
		m, err = filled(m, kind, data)
		return m, nil, err
	}
	if l.files == nil {
		return Media{}, nil, errs.Field("data", "error.media.no_files", nil)
	}
	s, err := receive(ctx, r, l.maxFile)
	if err != nil {
		return Media{}, nil, err
	}
	if !kind.is(s.content()) {
		s.discard()
		return Media{}, nil, errs.Field("data", "error.media.lies", map[string]any{"type": ending(m.Name)})
	}
	m.Size, m.Hash = s.size, hex.EncodeToString(s.sum.Sum(nil))
	return m, s, nil
}

// readMedia is received for what is in memory already. Pictures need no name that
// says so.
func (l *Library) readMedia(ctx context.Context, name string, data []byte) (Media, *spool, error) {
	kind, ok := fileTypes[ending(name)]
	if !ok || kind.mime == picture.mime {
		m, err := newMedia(name, data)
		return m, nil, err
	}
	m, kind, err := l.announced(Upload{Name: name})
	if err != nil {
		return Media{}, nil, err
	}
	return l.received(ctx, m, kind, bytes.NewReader(data))
}

// announced returns what an upload says it is.
func (l *Library) announced(u Upload) (Media, fileType, error) {
	m := Media{Name: mediumName(u.Name), About: strings.TrimSpace(u.About)}
	f := errs.Fields{}
	if !mediaName.MatchString(m.Name) || strings.Contains(m.Name, "..") {
		f.Add("name", "error.field.format", nil)
	}
	text(f, "about", m.About, 0, maxAbout)
	kind, ok := fileTypes[ending(m.Name)]
	if !ok || l.fileTypes != nil && !slices.Contains(l.fileTypes, ending(m.Name)) {
		f.Add("data", "error.media.type", map[string]any{"types": strings.Join(l.allowedTypes(), ", ")})
	}
	m.Type = kind.mime
	if kind.words {
		m.Words = TextWaiting
	}
	return m, kind, f.Err()
}

func (l *Library) allowedTypes() []string {
	if l.fileTypes == nil {
		return FileTypes()
	}
	return l.fileTypes
}

// filled returns m with a content that is kept in the store.
func filled(m Media, kind fileType, data []byte) (Media, error) {
	switch {
	case len(data) == 0:
		return Media{}, errs.Field("data", "error.field.required", nil)
	case len(data) > MaxMedia:
		return Media{}, tooLarge(MaxMedia)
	case kind.mime == picture.mime:
		if m.Type = pictureType(m.Name, data); m.Type == "" {
			return Media{}, errs.Field("data", "error.media.not_a_picture", nil)
		}
	case !kind.is(content{head: data}):
		return Media{}, errs.Field("data", "error.media.lies", map[string]any{"type": ending(m.Name)})
	case kind.mime == captionsType:
		var err error
		if data, err = captions(data); err != nil {
			return Media{}, err
		}
		m.Name = strings.TrimSuffix(m.Name, path.Ext(m.Name)) + ".vtt"
	}
	sum := sha256.Sum256(data)
	m.Data, m.Size, m.Hash = data, int64(len(data)), hex.EncodeToString(sum[:])
	return m, nil
}

func tooLarge(most int64) error {
	return errs.Field("data", "error.media.too_large", map[string]any{"max": most})
}

// keepMedia stores m, with its content if that is a file.
func (l *Library) keepMedia(ctx context.Context, by profile.Actor, m Media, replace bool, s *spool) (Media, error) {
	old, err := l.store.Media(ctx, m.Name)
	there := err == nil
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return Media{}, err
	case there && old.Hash == m.Hash:
		return old, nil
	case there && !replace:
		return Media{}, errs.Field("name", "error.media.taken", nil)
	case there && !l.policy.May(by, profile.PermissionContentPublish):
		return Media{}, ErrForbidden
	}
	if err := l.mayJoin(ctx, by, m.Name); err != nil {
		return Media{}, err
	}
	if err := l.scan(ctx, by, m, s); err != nil {
		return Media{}, err
	}
	if s != nil {
		if err := l.storeFile(ctx, m, s); err != nil {
			return Media{}, err
		}
	}
	m.Stem = stemOf(m.Name)
	m.Owner, m.External, m.At, m.About = by.ID, old.External, l.clock(), cmp.Or(m.About, old.About)
	if err := l.store.PutMedia(ctx, m); err != nil {
		return Media{}, err
	}
	if err := l.joined(ctx, m.Name); err != nil {
		return Media{}, err
	}
	l.record(ctx, by, analytics.Event{Name: "media.uploaded", Subject: "media/" + m.Name, Props: map[string]string{"type": m.Type}})
	return m, nil
}

// storeFile puts what was received where files are kept, if there is room. Two
// who are as quick may both find room.
func (l *Library) storeFile(ctx context.Context, m Media, s *spool) error {
	if l.maxFiles > 0 {
		_, bytes, err := l.store.MediaTotal(ctx)
		if err != nil {
			return err
		}
		if bytes+m.Size > l.maxFiles {
			return errs.Field("data", "error.media.full", nil)
		}
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return l.files.Put(ctx, m.Hash, s.file)
}

// A spool is a file of the system's that holds what was received while it is
// looked at, so that nothing is kept that must not be.
type spool struct {
	file *os.File
	sum  hash.Hash
	size int64
	head []byte
}

// receive reads at most so many bytes.
func receive(ctx context.Context, r io.Reader, most int64) (*spool, error) {
	f, err := os.CreateTemp("", "upload-*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where the system allows it: then nothing is left if the process dies
	s := &spool{file: f, sum: sha256.New()}
	head := &heading{left: headSize}
	s.size, err = io.Copy(io.MultiWriter(f, s.sum, head), io.LimitReader(withContext{ctx, r}, most+1))
	s.head = head.b.Bytes()
	switch {
	case err == nil && s.size == 0:
		err = errs.Field("data", "error.field.required", nil)
	case err == nil && s.size > most:
		err = tooLarge(most)
	}
	if err != nil {
		s.discard()
		return nil, err
	}
	return s, nil
}

func (s *spool) content() content { return content{s.head, s.file, s.size} }

func (s *spool) discard() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// A heading keeps the beginning of what is written to it.
type heading struct {
	b    bytes.Buffer
	left int
}

// Write keeps p, as far as there is room.
func (h *heading) Write(p []byte) (int, error) {
	n := min(len(p), h.left)
	h.b.Write(p[:n])
	h.left -= n
	return len(p), nil
}

type withContext struct {
	ctx context.Context
	r   io.Reader
}

// Read reads, unless the context is done.
func (c withContext) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
