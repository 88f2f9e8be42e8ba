package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

// maxFile is the largest file that a site is read from, in bytes.
const maxFile = 1 << 20

// Load reads a site from JSON and checks it. Names that do not exist, doubled
// names and values of another type are errors, as everything that [Site.Check]
// finds: all of them together, as [Faults], each with its place in the file.
func Load(r io.Reader) (*Site, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("site: %w: more than %d bytes", ErrInvalid, maxFile)
	}
	s, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("site: %w", err)
	}
	return s, nil
}

// decode reads as strictly as any request is read, by the same reader.
func decode(data []byte) (*Site, error) {
	r, err := http.NewRequest(http.MethodPost, "/", bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	s, err := web.Decode[Site](nil, r, maxFile)
	if fields, ok := errors.AsType[errs.Fields](err); ok {
		return nil, faultsOf(fields)
	}
	if says, ok := errors.AsType[*errs.Says](err); ok {
		return nil, &Faults{fields: errs.Fields{"json": says.Message}}
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}
