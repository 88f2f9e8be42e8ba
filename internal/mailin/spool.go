package mailin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// inMemory is how much of a mail is kept there.
const inMemory = 256 << 10

// A Spool is a mail that has come whole, however slowly: what its sender still
// holds can be cut off in the middle. Close it.
type Spool struct {
	Size  int64
	Sum   string // of its content
	start []byte
	rest  *os.File
}

// NewSpool reads a mail of at most limit bytes. What is larger than a little is in
// a file in dir, which is the system's folder for such if it is empty. A mail above
// the limit is [ErrTooLarge].
func NewSpool(r io.Reader, limit int64, dir string) (*Spool, error) {
	s, sum := &Spool{}, sha256.New()
	in := io.TeeReader(&limited{r, limit}, sum)
	start, err := io.ReadAll(io.LimitReader(in, inMemory))
	s.start, s.Size = start, int64(len(start))
	if err == nil && len(start) == inMemory {
		err = s.spill(in, dir)
	}
	if err != nil {
		s.Close() //nolint:errcheck // the first fault counts
		return nil, err
	}
	s.Sum = hex.EncodeToString(sum.Sum(nil)[:16])
	return s, nil
}

func (s *Spool) spill(in io.Reader, dir string) (err error) {
	if s.rest, err = os.CreateTemp(dir, "mail-"); err != nil {
		return err
	}
	n, err := io.Copy(s.rest, in)
	s.Size += n
	return err
}

// Reader returns the mail from its beginning. There may be several.
func (s *Spool) Reader() io.Reader {
	if s.rest == nil {
		return bytes.NewReader(s.start)
	}
	return io.MultiReader(bytes.NewReader(s.start), io.NewSectionReader(s.rest, 0, s.Size-int64(len(s.start))))
}

// Close lets go of the mail.
func (s *Spool) Close() error {
	if s.rest == nil {
		return nil
	}
	return errors.Join(s.rest.Close(), os.Remove(s.rest.Name()))
}
