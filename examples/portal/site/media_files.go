package site

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/tools/clamscan"
	"github.com/stoa-go/stoa/tools/s3files"
)

// Files says where large media are kept.
type Files struct {
	Bucket string // "s3://KEY@HOST/BUCKET/PREFIX"; "s3+plain://" goes without TLS; empty means a folder in Data
	Region string // empty means what servers other than Amazon's take
	Secret string // of that key
}

func (f Files) check() error {
	switch {
	case f.Bucket != "":
		_, err := f.bucket()
		return err
	case f.Secret != "":
		return errors.New("-files-secret-file: say in -files whose secret it is, s3://KEY@HOST/BUCKET/PREFIX")
	}
	return nil
}

// bucket returns the bucket, of which nothing has been asked yet.
func (f Files) bucket() (*s3files.Files, error) {
	wrong := errors.New("-files: want s3://KEY@HOST/BUCKET/PREFIX, and the secret of the key in -files-secret-file") // not repeated, as it may be in there
	u, err := url.Parse(f.Bucket)
	if err != nil || u.User == nil || f.Secret == "" {
		return nil, wrong
	}
	scheme, ok := map[string]string{"s3": "https", "s3+plain": "http"}[u.Scheme]
	key := u.User.Username()
	if _, open := u.User.Password(); open || !ok || key == "" {
		return nil, wrong
	}
	u.User, u.Scheme = nil, scheme
	files, err := s3files.New(u.String(), s3files.Options{Region: f.Region, Key: key, Secret: f.Secret})
	if err != nil {
		return nil, wrong
	}
	return files, nil
}

// openFiles returns where large media are kept.
func (s *Site) openFiles(ctx context.Context) (kb.Files, error) {
	if s.cfg.Files.Bucket == "" {
		return kb.FolderFiles(filepath.Join(s.cfg.Data, "files"))
	}
	files, err := s.cfg.Files.bucket()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := files.Check(ctx); err != nil {
		return nil, fmt.Errorf("-files: %w", err)
	}
	return files, nil
}

// scanner returns who looks at what is uploaded, or nil.
func (c *Config) scanner() (kb.Scanner, error) {
	if c.Clamd == "" {
		return nil, nil
	}
	scanner, err := clamscan.New(c.Clamd, nil)
	if err != nil {
		return nil, fmt.Errorf("-clamd %s: want HOST:PORT, or unix:PATH", c.Clamd)
	}
	return scanner, nil
}
