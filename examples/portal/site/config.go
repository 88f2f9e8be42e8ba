package site

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/valid"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/seo"
)

// A Config says how to set up a [Site]. Zero values mean what they say.
type Config struct {
	DB         string           // "sqlite:FILE" (relative to Data) or "postgres://..."; empty means "sqlite:portal.db"
	Data       string           // folder for the index and the SQLite file; it is made if missing
	Demo       bool             // demo content, demo people and the page to sign in as one of them
	Past       bool             // the demo begins with what visitors did in the weeks before
	BaseURL    string           // "https://support.example.com": what links from outside begin with; empty means the request's host
	Locales    []string         // languages of the interface, the default first; nil means all there are texts for; content may be in others besides
	Site       string           // file that says what the portal consists of: menus, blocks, promotions, look; empty means the portal's own
	Brands     string           // file with the brands that share the portal, in the place of those of Site; empty means no others
	Types      string           // file that says what content consists of, as JSON; empty means kb.DefaultTypes
	Sync       string           // folder of Markdown files, maybe a checkout of Git, that articles are kept as; empty means none
	Crawl      []string         // sites whose pages are searched too, "NAME=https://..." of a sitemap or of a page to follow links from; the name may be left out
	Folders    []string         // folders whose files are searched too, "NAME=FOLDER,https://docs.example.com/{page}"; the name may be left out
	Cases      string           // file that says how the team works on cases: kinds with their forms, statuses, queues, as JSON; empty means cases.DefaultConfig
	Processes  string           // file that says what it takes to publish, as JSON; empty means nothing, and in demo mode what it shows
	Redact     string           // file with patterns of a team's own that are taken out of conversations and searches, as JSON; empty means none
	Brand      string           // name of the portal; empty means the demo's company, or "Stoa"
	Proxies    []netip.Prefix   // proxies whose word on the client's address is taken; nil means none
	Country    string           // header in which a trusted proxy names the visitor's country; empty means none
	Served     string           // "http://127.0.0.1:8080": where a demo without BaseURL is, for links in what it sends; empty means that it sends nothing
	Mail       Mail             // how people are written to; the zero value is not at all
	Search     Search           // where the search index is; the zero value is in Data
	SMS        SMS              // how text messages go out; the zero value is not at all
	IndexNow   string           // key by which search engines are told of changes as they happen; it takes BaseURL; empty means that they are not
	Embed      Embed            // service by which searches also find by meaning; the zero value is none
	Files      Files            // where large media are kept; the zero value is a folder in Data
	Clamd      string           // ClamAV's server that looks at what is uploaded before it is kept, "HOST:PORT" or "unix:PATH"; empty means that nobody does
	CheckLinks bool             // asks servers elsewhere, seldom, whether there is anything at the addresses that articles lead to
	Push       bool             // notices go to browsers and webhooks too; it takes BaseURL or Served
	Holdout    int              // the share of visitors, per cent, whose pages stay as declared, to tell what arranging them brings about; 0 means nobody
	OIDC       OIDC             // identity provider that people sign in with; the zero value is none
	Keep       map[string]int   // days for which classes of data are kept, by name, in the place of the portal's own; administrators may still change them
	SAML       SAML             // another one, that speaks SAML; the zero value is none
	Log        *slog.Logger     // nil means none
	Now        func() time.Time // nil means time.Now

	// AddressService is the address of a service that postal addresses are looked
	// up at; empty is none, and in the demo a list of a few.
	AddressService string
	AddressToken   string // for it; empty is none

	// AuditKey makes the chain of the record of who did what. Empty means a key
	// that is in the database, and then whoever reaches that can make the chain anew.
	AuditKey []byte

	// MetricsElsewhere leaves /metrics out of the handler, for those who serve
	// [Site.Metrics] at an address of its own. Otherwise programs on the same
	// machine are answered there, and nobody else.
	MetricsElsewhere bool

	catalog        *i18n.Catalog                   // for tests that open many portals; nil is read from Texts
	maps           seo.Splitter                    // for tests of small sitemaps
	mailTLS        *tls.Config                     // for tests whose mail server nobody knows
	outside        *http.Client                    // for tests whose push services and webhooks are on this machine
	crawlDelay     time.Duration                   // between requests to a site; zero means a second
	timeout        time.Duration                   // of a request; zero means requestTimeout
	whileImporting func(done int)                  // for tests that do something in the middle of an import
	wrapIndex      func(search.Index) search.Index // for tests that need a faulty one
}

// requestTimeout is how long a page may take, until whoever waits is told to try
// again. Streams may take longer.
const requestTimeout = 30 * time.Second

func (c *Config) defaults() {
	if c.timeout == 0 {
		c.timeout = requestTimeout
	}
	if c.DB == "" {
		c.DB = "sqlite:portal.db"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Brand == "" {
		c.Brand = "Stoa"
		if c.Demo {
			c.Brand = "Kelvane"
		}
	}
}

// check refuses what would only show when somebody follows a link.
func (c *Config) check() error {
	if c.Country != "" && len(c.Proxies) == 0 {
		return fmt.Errorf("-country-header %s: say with -proxies who may send it; anybody else could", c.Country)
	}
	if c.Holdout < 0 || c.Holdout > 100 {
		return fmt.Errorf("-holdout %d: want 0 to 100 per cent", c.Holdout)
	}
	if _, err := c.scanner(); err != nil {
		return err
	}
	if err := errors.Join(c.Search.check(), c.Files.check()); err != nil {
		return err
	}
	if err := c.OIDC.check(c.BaseURL); err != nil {
		return err
	}
	if err := c.SAML.check(c.BaseURL); err != nil {
		return err
	}
	if err := errors.Join(c.Mail.check(c), c.SMS.check(c)); err != nil {
		return err
	}
	if c.IndexNow != "" && c.BaseURL == "" {
		return errors.New("-indexnow: say with -base-url where the portal is; search engines come there for the key")
	}
	if c.BaseURL == "" {
		return nil
	}
	address, err := valid.SafeURL(c.BaseURL)
	u, _ := url.Parse(address)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("-base-url %s: want scheme and host alone, such as https://support.example.com", c.BaseURL)
	}
	c.BaseURL = u.Scheme + "://" + u.Host
	return nil
}
