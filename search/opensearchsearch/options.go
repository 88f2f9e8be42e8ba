package opensearchsearch

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/stoa-go/stoa/search"
)

// Options is what an [Index] can be told. Addresses are needed, everything else
// has a default.
type Options struct {
	Addresses []string          // of the nodes of a cluster, such as "https://search.example:9200", without credentials
	Username  string            // empty means none
	Password  string            // of that user; never logged
	Prefix    string            // begins the names of all indexes, and is the alias that is searched; empty means "stoa"
	CACert    []byte            // PEM of who signed the certificate of the server; nil means those that the machine trusts
	Transport http.RoundTripper // nil means http.DefaultTransport

	Logger *slog.Logger     // nil means no log
	Now    func() time.Time // nil means time.Now

	Timeout time.Duration // how long a search may take; 0 means ten seconds
	Write   time.Duration // how long one request that writes may take; 0 means a minute
	Lease   time.Duration // after what time another instance goes on in place of one that died while it wrote; 0 means two minutes
}

// prefixes are the names that a prefix may have: those that every version takes
// for an index, and that are not taken for a pattern or for one of its own.
var prefixes = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// ParseAddress returns the options that an address stands for:
// "https://user:password@host:9200/prefix". Errors do not repeat it, as it may
// have a password in it.
func ParseAddress(address string) (Options, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.RawQuery != "", u.Fragment != "":
		return Options{}, fmt.Errorf("opensearchsearch: want an address such as https://user:password@host:9200/prefix: %w", search.ErrInvalid)
	}
	o := Options{Addresses: []string{u.Scheme + "://" + u.Host}, Prefix: strings.Trim(u.Path, "/"), Username: u.User.Username()}
	o.Password, _ = u.User.Password()
	_, err = o.filled()
	return o, err
}

func (o Options) filled() (Options, error) {
	if o.Prefix == "" {
		o.Prefix = "stoa"
	}
	if len(o.Addresses) == 0 {
		return o, fmt.Errorf("opensearchsearch: no address: %w", search.ErrInvalid)
	}
	if !prefixes.MatchString(o.Prefix) {
		return o, fmt.Errorf("opensearchsearch: prefix %q: want a letter and up to 63 of a-z, 0-9, _ and -: %w", o.Prefix, search.ErrInvalid)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	for d, fallback := range map[*time.Duration]time.Duration{&o.Timeout: 10 * time.Second, &o.Write: time.Minute, &o.Lease: 2 * time.Minute} {
		if *d <= 0 {
			*d = fallback
		}
	}
	return o, nil
}
