// Package importtest keeps the packages of this module from importing what they
// must not. The rules are the plan of the house; each says why.
package importtest

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stoa-go/stoa"

// A pkg is a package with everything that reaches a program which imports it.
type pkg struct {
	path string   // below the module, "kb/sqlkb"
	top  string   // "kb"
	deps []string // import paths
}

// A rule forbids dependencies to some packages.
type rule struct {
	why  string
	of   func(pkg) bool
	deny func(p pkg, dep string) bool
}

// levels orders the capabilities: each may import only those below it.
var levels = map[string]int{
	"internal": 0, "analytics": 1, "i18n": 1, "profile": 2, "search": 3,
	"kb": 4, "cases": 4, "community": 4, "tools": 4, "assist": 5,
}

// plumbing is what of other people's code a core may reach, and through which
// internal package.
var plumbing = map[string][]string{
	"kb":    markdown,                             // articles are Markdown
	"cases": markdown,                             // and so is what people write to each other
	"i18n":  {"github.com/go-playground/locales"}, // x/text has no dates
}

// markdown is what internal/markdown is made of.
var markdown = []string{
	"github.com/yuin/goldmark", "github.com/microcosm-cc/bluemonday", "github.com/aymerick/douceur", "github.com/gorilla/css", "golang.org/x/net", "go.yaml.in/yaml/v3",
}

// everywhere is what every core may reach: the standard library's extension,
// and the validator behind internal/valid.
var everywhere = []string{
	"golang.org/x/text", "github.com/go-playground/validator/v10", "github.com/go-playground/universal-translator",
	"github.com/go-playground/locales", "github.com/leodido/go-urn", "github.com/gabriel-vasile/mimetype", "golang.org/x/crypto", "golang.org/x/sys",
}

var rules = []rule{
	{
		why: "test code must not reach a product's binary",
		of:  func(p pkg) bool { return !forTests(p.path) },
		deny: func(_ pkg, dep string) bool {
			return dep == "testing" || under(dep, "github.com/stretchr") || forTests(ours(dep)) && ours(dep) != ""
		},
	},
	{
		why: "a capability imports only those below it; others meet in the program that wires them",
		of:  func(p pkg) bool { return p.top != "examples" && p.top != "internal" },
		deny: func(p pkg, dep string) bool {
			to, _, _ := strings.Cut(ours(dep), "/")
			level, known := levels[to]
			if to == "" || to == p.top {
				return false
			}
			if p.top == "assist" && to == "tools" {
				return false
			}
			return !known || level >= levels[p.top]
		},
	},
	{
		why: "plumbing knows nothing of capabilities",
		of:  func(p pkg) bool { return p.top == "internal" && !forTests(p.path) },
		deny: func(_ pkg, dep string) bool {
			to, _, _ := strings.Cut(ours(dep), "/")
			return to != "" && to != "internal"
		},
	},
	{
		why: "a capability's core pays for nothing heavy: databases, indexes and metrics are in leaves",
		of:  func(p pkg) bool { return p.path == p.top && levels[p.top] > 0 },
		deny: func(p pkg, dep string) bool {
			return ours(dep) == "" && !allowed(dep, everywhere) && !allowed(dep, plumbing[p.top]) && !std(dep)
		},
	},
	{
		why:  "a program chooses its database driver",
		of:   func(p pkg) bool { return p.top != "examples" && !forTests(p.path) },
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/lib/pq") || under(dep, "modernc.org") },
	},
	{
		why:  "the index library starts goroutines when it is imported: who chooses no index of ours has none of it",
		of:   func(p pkg) bool { return p.top != "examples" && !indexes(p.path) && !forTests(p.path) },
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/blevesearch") },
	},
	{
		why:  "its parser reads what strangers wrote: who reads no PDF has none of it in their program",
		of:   func(p pkg) bool { return p.top != "examples" && p.path != "search/filetext" && !forTests(p.path) },
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/ledongthuc") },
	},
	{
		why: "XML signatures have a history: who does not sign in with SAML has none of it in their program",
		of:  func(p pkg) bool { return p.top != "examples" && p.path != "profile/samlprofile" && !forTests(p.path) },
		deny: func(_ pkg, dep string) bool {
			return under(dep, "github.com/russellhaering") || under(dep, "github.com/beevik") || ours(dep) == "profile/samlprofile"
		},
	},
	{
		why: "they talk to strangers' servers: who takes no mail by SMTP or IMAP has none of them in their program",
		of: func(p pkg) bool {
			return p.top != "examples" && p.path != "cases/imapcases" && p.path != "cases/smtpcases" && !forTests(p.path)
		},
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/emersion") },
	},
	{
		why:  "its service provider believes what was not signed, and its clock is everybody's: it is a peer for tests",
		of:   func(pkg) bool { return true },
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/crewjam/saml") },
	},
	{
		why:  "its HTTP handlers create and delete files without asking who wants it",
		of:   func(pkg) bool { return true },
		deny: func(_ pkg, dep string) bool { return under(dep, "github.com/blevesearch/bleve/v2/http") },
	},
}

// indexes reports whether a package is an index that cuts words as that library
// does, or what those have in common.
func indexes(path string) bool {
	return slices.Contains([]string{"search/blevesearch", "search/opensearchsearch", "search/internal/lexis"}, path)
}

// forTests reports whether a package is a conformance suite or a test helper.
func forTests(path string) bool {
	return slices.ContainsFunc(strings.Split(path, "/"), func(part string) bool {
		return strings.HasSuffix(part, "test") || part == "testdb" || part == "browser" || part == "cutproxy"
	})
}

// ours returns what a path is below the module, or "" if it is elsewhere.
func ours(dep string) string {
	rest, ok := strings.CutPrefix(dep, module+"/")
	if !ok {
		return ""
	}
	return rest
}

func under(dep, prefix string) bool { return dep == prefix || strings.HasPrefix(dep, prefix+"/") }

func allowed(dep string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return under(dep, p) })
}

// std reports whether a path is of the standard library: the first part of any
// other is a host's name.
func std(dep string) bool {
	first, _, _ := strings.Cut(dep, "/")
	return !strings.Contains(first, ".")
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, module+"/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	var pkgs []pkg
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if path := ours(f[0]); path != "" {
			top, _, _ := strings.Cut(path, "/")
			pkgs = append(pkgs, pkg{path: path, top: top, deps: f[1:]})
		}
	}
	return pkgs
}

func TestImports(t *testing.T) {
	pkgs := list(t)
	if len(pkgs) < 10 {
		t.Fatalf("only %d packages found", len(pkgs))
	}
	for _, p := range pkgs {
		for _, fault := range faults(p) {
			t.Error(fault)
		}
	}
}

func faults(p pkg) []string {
	var out []string
	for _, r := range rules {
		if !r.of(p) {
			continue
		}
		for _, dep := range p.deps {
			if r.deny(p, dep) {
				out = append(out, p.path+" depends on "+dep+": "+r.why)
			}
		}
	}
	return out
}

// TestRulesBite feeds the rules what they must refuse.
func TestRulesBite(t *testing.T) {
	for _, p := range []pkg{
		{"kb", "kb", []string{"testing"}},
		{"kb", "kb", []string{module + "/kb/kbtest"}},
		{"kb", "kb", []string{module + "/cases"}},
		{"search", "search", []string{module + "/kb"}},
		{"profile", "profile", []string{module + "/search"}},
		{"tools", "tools", []string{module + "/assist"}},
		{"internal/web", "internal", []string{module + "/profile"}},
		{"search", "search", []string{"github.com/blevesearch/bleve/v2"}},
		{"analytics", "analytics", []string{"github.com/prometheus/client_golang/prometheus"}},
		{"kb/sqlkb", "kb", []string{"modernc.org/sqlite"}},
		{"kb/sqlkb", "kb", []string{"github.com/blevesearch/bleve/v2"}},
		{"examples/portal", "examples", []string{"github.com/blevesearch/bleve/v2/http"}},
		{"cases", "cases", []string{"github.com/emersion/go-smtp"}},
		{"cases/mailhookcases", "cases", []string{"github.com/emersion/go-imap/v2/imapclient"}},
		{"profile/oidcprofile", "profile", []string{"github.com/russellhaering/goxmldsig"}},
		{"profile", "profile", []string{module + "/profile/samlprofile"}},
		{"profile/samlprofile", "profile", []string{"github.com/crewjam/saml"}},
	} {
		if len(faults(p)) == 0 {
			t.Errorf("no rule refused %s to depend on %s", p.path, p.deps[0])
		}
	}
}

// TestTopLevel keeps the root to the capabilities.
func TestTopLevel(t *testing.T) {
	for _, p := range list(t) {
		if _, ok := levels[p.top]; !ok && p.top != "examples" {
			t.Errorf("%s is in no room of the house", p.path)
		}
	}
}
