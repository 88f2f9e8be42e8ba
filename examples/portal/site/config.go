package site

import (
	"log/slog"
	"net/netip"
	"time"

	"github.com/stoa-go/stoa/search"
)

// A Config says how to set up a [Site]. Zero values mean what they say.
type Config struct {
	DB      string           // "sqlite:FILE" (relative to Data) or "postgres://..."; empty means "sqlite:portal.db"
	Data    string           // folder for the index and the SQLite file; it is made if missing
	Demo    bool             // demo content, demo people and the page to sign in as one of them
	BaseURL string           // "https://support.example.com": what links from outside begin with; empty means the request's host
	Locales []string         // languages of the interface, the default first; nil means all there are texts for
	Brand   string           // name of the portal; empty means the demo's company, or "Stoa"
	Proxies []netip.Prefix   // proxies whose word on the client's address is taken; nil means none
	Country string           // header in which a trusted proxy names the visitor's country; empty means none
	Drain   time.Duration    // how long requests may take to finish at the end; 0 means 10 seconds
	Log     *slog.Logger     // nil means none
	Now     func() time.Time // nil means time.Now

	wrapIndex func(search.Index) search.Index // for tests that need a faulty one
}

func (c *Config) defaults() {
	if c.DB == "" {
		c.DB = "sqlite:portal.db"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Drain == 0 {
		c.Drain = 10 * time.Second
	}
	if c.Brand == "" {
		c.Brand = "Stoa"
		if c.Demo {
			c.Brand = "Kelvane"
		}
	}
}
