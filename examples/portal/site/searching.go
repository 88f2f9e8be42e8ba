package site

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/blevesearch"
	"github.com/stoa-go/stoa/search/opensearchsearch"
)

// A Search is where the search index is kept.
type Search struct {
	Server   string // "opensearch:https://USER@HOST:9200/PREFIX"; empty means files in Data
	Password string // of that user
}

const openSearch = "opensearch:"

// options returns how the server is reached.
func (s Search) options() (opensearchsearch.Options, error) {
	address, ok := strings.CutPrefix(s.Server, openSearch)
	o, err := opensearchsearch.ParseAddress(address)
	switch {
	case !ok || err != nil: // it is not repeated, as there may be a password in it
		return o, errors.New("-search: want opensearch:https://USER@HOST:9200/PREFIX, the prefix of small letters, digits, _ and -")
	case s.Password != "" && o.Password != "":
		return o, errors.New("-search, -search-password-file: say the password in one of them, better in the file")
	case s.Password != "" && o.Username == "":
		return o, errors.New("-search-password-file: say in -search whose password it is, opensearch:https://USER@HOST:9200/PREFIX")
	case s.Password != "":
		o.Password = s.Password
	}
	return o, nil
}

func (s Search) check() error {
	switch {
	case s.Server != "":
		_, err := s.options()
		return err
	case s.Password != "":
		return errors.New("-search-password-file: say with -search which server it is for")
	}
	return nil
}

// place says where the index is, for those who look whether it answers.
func (s Search) place() string {
	if s.Server == "" {
		return ""
	}
	return " (OpenSearch)"
}

// openIndex opens the index. A server that does not answer is said, and asked
// again with each search: titles are searched in its place meanwhile.
func (s *Site) openIndex(ctx context.Context) (search.Index, error) {
	if s.cfg.Search.Server == "" {
		index, err := blevesearch.Open(filepath.Join(s.cfg.Data, "index"), &blevesearch.Options{Logger: s.cfg.Log})
		if err != nil {
			return nil, fmt.Errorf("open index: %w", err)
		}
		return index, nil
	}
	o, err := s.cfg.Search.options()
	if err != nil {
		return nil, err
	}
	o.Logger, o.Now = s.cfg.Log, s.cfg.Now
	index, err := opensearchsearch.Open(o)
	if err != nil {
		return nil, fmt.Errorf("-search: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	n, err := index.Count(ctx)
	if err != nil {
		s.cfg.Log.ErrorContext(ctx, "the search server does not answer; titles are searched until it does", "server", o.Addresses[0], "err", err)
		return index, nil
	}
	s.cfg.Log.InfoContext(ctx, "search index on a server", "server", o.Addresses[0], "prefix", o.Prefix, "documents", n)
	return index, nil
}
