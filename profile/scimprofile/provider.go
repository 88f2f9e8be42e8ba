package scimprofile

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// Options configure a Provider.
type Options struct {
	// Actor is in whose name everything is done. It must be permitted to read
	// and write the directory and to give the roles of the groups. Required.
	Actor profile.Actor

	Tokens []Token // who may call; required, unless there is Find

	// Find returns the token that has a secret, for hosts that make and revoke
	// tokens as they run; it is asked with each request, and the Hash of what it
	// returns is not looked at. ErrNotFound refuses the request. It is asked
	// after Tokens; nil means that there are no others.
	Find func(ctx context.Context, secret string) (Token, error)

	Groups []Group // what roles are called; nil means that there are no groups

	// MoreGroups returns groups that there are besides, of roles that a team makes
	// while the program runs. One whose ID, name or role is that of another is left
	// out; nil means none.
	MoreGroups func(ctx context.Context) ([]Group, error)

	Roles []profile.Role // what everybody is who is added; nil means RoleCustomer

	// Attributes says which attributes of a person keep what else a provider
	// knows: "title", or
	// "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department".
	// Rules of segments may then ask for it. nil means none.
	Attributes map[string]string

	Remove bool             // deleted users are removed; false means that they are disabled and hidden from the provider
	URL    string           // where the service is, "https://help.example/scim/v2"; "" means that locations are relative to it
	Logger *slog.Logger     // nil discards logs
	Now    func() time.Time // nil means time.Now
}

// A Token lets one identity provider in.
type Token struct {
	Hash    string         // [HashToken] of what the provider sends
	Account string         // whose people it reaches; "" is only for Staff, and means those without an account
	Staff   bool           // it is the company's own: it reaches people with roles of staff, and gives such roles
	Roles   []profile.Role // which roles of the groups it gives and takes; nil means RoleCustomer, RoleManager and those of groups for members, and with Staff all
	Until   time.Time      // when it ends; zero means never
}

// A Group is a role under the name that identity providers give it.
type Group struct {
	ID   string // made of letters, digits and _.-; "" means the role
	Name string // "Support managers"; required
	Role profile.Role

	// Members says that tokens of customers give it too, where [Token] names no
	// roles; false means that they do only if it is that of a customer or a
	// manager. Roles of staff they never give.
	Members bool
}

const minToken = 32 // bytes

// HashToken returns what a [Token] keeps of a secret, which must be random and
// have at least 32 bytes.
func HashToken(secret string) (string, error) {
	if len(secret) < minToken || strings.Trim(secret, secret[:1]) == "" {
		return "", fmt.Errorf("scimprofile: a token is random and has at least %d bytes", minToken)
	}
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:]), nil
}

// A Provider is a SCIM service on a directory. Make one with [New].
type Provider struct {
	people *profile.Directory
	opts   Options
	hashes [][]byte
	turns  sync.Map // of chan struct{}, by account: one change at a time, of this process
}

// New returns a Provider. It refuses options that would let anybody in, or
// somebody too far.
func New(people *profile.Directory, o Options) (*Provider, error) {
	p := &Provider{people: people}
	if o.Roles == nil {
		o.Roles = []profile.Role{profile.RoleCustomer}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.URL = strings.TrimSuffix(o.URL, "/")
	switch {
	case people == nil || o.Actor.Anonymous():
		return nil, errors.New("scimprofile: a directory and an actor are required")
	case len(o.Tokens) == 0 && o.Find == nil:
		return nil, errors.New("scimprofile: a token is required")
	case slices.ContainsFunc(o.Roles, profile.Role.Staff):
		return nil, errors.New("scimprofile: not everybody who is added can be staff")
	}
	for _, t := range o.Tokens {
		hash, err := t.check()
		if err != nil {
			return nil, err
		}
		p.hashes = append(p.hashes, hash)
	}
	var err error
	if o.Groups, err = checkGroups(o.Groups); err == nil {
		o.Attributes, err = checkAttributes(o.Attributes)
	}
	p.opts = o
	return p, err
}

func (t Token) check() ([]byte, error) {
	hash, err := hex.DecodeString(t.Hash)
	empty := sha256.Sum256(nil)
	switch {
	case err != nil || len(hash) != sha256.Size || subtle.ConstantTimeCompare(hash, empty[:]) == 1:
		return nil, errors.New("scimprofile: a token has the hash of a secret")
	case t.anybodys():
		return nil, errors.New("scimprofile: a token has an account, unless it is the company's own")
	}
	return hash, nil
}

// anybodys reports whether t is nobody's in particular.
func (t Token) anybodys() bool { return t.Account == "" && !t.Staff }

func checkGroups(groups []Group) ([]Group, error) {
	groups = slices.Clone(groups)
	seen := map[string]bool{}
	for i, g := range groups {
		if g.ID == "" {
			groups[i].ID = string(g.Role)
		}
		for _, name := range []string{"id " + groups[i].ID, "name " + strings.ToLower(g.Name), "role " + string(g.Role)} {
			if g.Name == "" || g.Role == "" || seen[name] {
				return nil, fmt.Errorf("scimprofile: group %q: it needs a name, an id and a role of its own", g.Name)
			}
			seen[name] = true
		}
	}
	return groups, nil
}

func checkAttributes(attributes map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for path, name := range attributes {
		at, err := parsePath(path)
		if err != nil || at.filter != nil || at.sub != "" || kept(at.attr) || name == "" || strings.HasPrefix(name, attrPrefix) {
			return nil, fmt.Errorf("scimprofile: attribute %q cannot be kept as %q", path, name)
		}
		out[at.full()] = name
	}
	return out, nil
}

// Handler serves the protocol. The host strips the prefix it is mounted under.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	for pattern, serve := range map[string]func(scope, http.ResponseWriter, *http.Request) error{
		"GET /Users":                 scope.listUsers,
		"POST /Users":                scope.createUser,
		"GET /Users/{id}":            scope.readUser,
		"PUT /Users/{id}":            scope.replaceUser,
		"PATCH /Users/{id}":          scope.patchUser,
		"DELETE /Users/{id}":         scope.deleteUser,
		"GET /Groups":                scope.listGroups,
		"POST /Groups":               scope.createGroup,
		"GET /Groups/{id}":           scope.readGroup,
		"PUT /Groups/{id}":           scope.replaceGroup,
		"PATCH /Groups/{id}":         scope.patchGroup,
		"DELETE /Groups/{id}":        scope.deleteGroup,
		"GET /ServiceProviderConfig": scope.readConfig,
		"GET /ResourceTypes":         scope.listTypes,
		"GET /ResourceTypes/{id}":    scope.readType,
		"GET /Schemas":               scope.listSchemas,
		"GET /Schemas/{id}":          scope.readSchema,
		"/":                          scope.unknown,
	} {
		mux.Handle(pattern, p.guard(serve))
	}
	return mux
}

func (s scope) unknown(http.ResponseWriter, *http.Request) error {
	return fault{http.StatusNotFound, "", "there is no such endpoint"}
}

// guard lets in who has a token.
func (p *Provider) guard(serve func(scope, http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		token, ok, err := p.token(r)
		if err != nil {
			p.writeError(w, r, err)
			return
		}
		if !ok {
			h.Set("WWW-Authenticate", `Bearer realm="scim"`)
			p.writeError(w, r, fault{http.StatusUnauthorized, "", "the token is missing or wrong"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		groups, err := p.allGroups(r.Context())
		if err == nil {
			err = serve(scope{p, token, groups}, w, r)
		}
		if err != nil {
			p.writeError(w, r, err)
		}
	})
}

// token returns the token that a request came with. Of Tokens, it takes as long
// whichever it is.
func (p *Provider) token(r *http.Request) (found Token, ok bool, err error) {
	values := r.Header.Values("Authorization")
	if len(values) != 1 {
		return Token{}, false, nil
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || len(secret) < minToken || len(secret) > 1024 {
		return Token{}, false, nil
	}
	sum := sha256.Sum256([]byte(secret))
	for i, hash := range p.hashes {
		if subtle.ConstantTimeCompare(sum[:], hash) == 1 {
			found, ok = p.opts.Tokens[i], true
		}
	}
	if !ok && p.opts.Find != nil {
		found, ok, err = p.find(r.Context(), secret)
	}
	if ok && !found.Until.IsZero() && !p.opts.Now().Before(found.Until) {
		return Token{}, false, nil
	}
	return found, ok, err
}

// find asks the host for a token.
func (p *Provider) find(ctx context.Context, secret string) (Token, bool, error) {
	found, err := p.opts.Find(ctx, secret)
	if errors.Is(err, profile.ErrNotFound) || err == nil && found.anybodys() {
		return Token{}, false, nil
	}
	return found, err == nil, err
}
