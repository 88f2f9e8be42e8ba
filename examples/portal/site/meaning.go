package site

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/httpembed"
	"github.com/stoa-go/stoa/search/semantic"
)

// An Embed is a service that turns texts into vectors. It is sent what is in the
// library and what people search for.
type Embed struct {
	URL    string // of the endpoint; empty means that nothing is sent anywhere
	Model  string
	Token  string // for it; empty is none
	Inside bool   // it is in one's own network
}

// openMeaning opens what finds by meaning, over the sources of the search.
func (s *Site) openMeaning(sources []search.Source) error {
	if s.cfg.Embed.URL == "" {
		return nil
	}
	e, err := httpembed.New(httpembed.Options{
		URL: s.cfg.Embed.URL, Model: s.cfg.Embed.Model, Key: s.cfg.Embed.Token, Inside: s.cfg.Embed.Inside,
	})
	if err != nil {
		return fmt.Errorf("-embed-url: %w", err)
	}
	s.meaning = semantic.Open(e, &semantic.Options{
		Sources: sources, Path: filepath.Join(s.cfg.Data, "vectors"), Logger: s.cfg.Log, Now: s.cfg.Now,
	})
	return nil
}

// neighbours returns what finds by meaning, nil if nothing does.
func (s *Site) neighbours() search.Neighbours {
	if s.meaning == nil {
		return nil
	}
	return s.meaning
}

// keepMeaning embeds what is new until ctx ends.
func (s *Site) keepMeaning(ctx context.Context) error {
	if s.meaning == nil {
		return nil
	}
	return s.meaning.Run(ctx)
}
