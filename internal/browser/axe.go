package browser

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// axeVersion is the version of axe-core that pages are judged by. It is under
// the MPL and no part of this repository; npm fetches it once per machine.
const axeVersion = "4.14.1"

// wcag22AA are axe-core's tags for the rules that follow from WCAG 2.2 AA.
var wcag22AA = []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"}

// A Violation is a rule of axe-core that a page breaks.
type Violation struct {
	ID     string // such as "color-contrast"
	Impact string // minor, moderate, serious or critical
	Help   string
	Nodes  []Node
}

// A Node is an element that breaks a rule.
type Node struct {
	Target  string // CSS selector
	HTML    string
	Summary string // what to do about it
}

// String names the rule and the elements.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, n := range v.Nodes {
		fmt.Fprintf(&b, "\n  %s\n    %s\n    %s", n.Target, n.HTML, strings.ReplaceAll(n.Summary, "\n", "\n    "))
	}
	return b.String()
}

// visual are the rules whose outcome depends on width and colours, and on more
// than the document that the others look at.
var visual = []string{"color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"}

// Axe returns what axe-core finds wrong with the page by WCAG 2.2 AA, and by
// the rules with any of the tags, such as "best-practice".
//
// axe-core is the file that STOA_TEST_AXE names, or what npm fetches into the
// user's cache folder. Without either, the test is skipped as without Chromium.
func (p *Page) Axe(tags ...string) []Violation {
	p.tb.Helper()
	return p.axe("tag", append(tags, wcag22AA...))
}

// AxeVisual returns what axe-core finds wrong with how the page looks: all that
// can be new after [Page.Look] where Axe found nothing before. It takes a
// quarter of the time of loading the page anew.
func (p *Page) AxeVisual() []Violation {
	p.tb.Helper()
	return p.axe("rule", visual)
}

func (p *Page) axe(by string, values []string) []Violation {
	p.tb.Helper()
	var there bool
	if p.Eval(`typeof axe === "object" && axe.version === "`+axeVersion+`"`, &there); !there {
		p.injectAxe()
	}
	wanted, err := json.Marshal(values)
	if err != nil {
		p.tb.Fatal(err)
	}
	var found []Violation
	p.Eval(fmt.Sprintf(axeRun, by, wanted), &found)
	return found
}

func (p *Page) injectAxe() {
	p.tb.Helper()
	source, err := axeSource(p.tb.Context())
	if err != nil {
		lacking(p.tb, fmt.Sprintf("axe-core is missing: %v", err))
	}
	p.Eval(source+"\n;undefined", nil)
}

const axeRun = `axe.run(document, {runOnly: {type: "%s", values: %s}, resultTypes: ["violations"]}).then(r => r.violations.map(v => ({
	ID: v.id, Impact: v.impact || "", Help: v.help,
	Nodes: v.nodes.map(n => ({Target: n.target.flat(9).join(" "), HTML: n.html, Summary: n.failureSummary || ""})),
})))`

// axeSource returns the script, fetching it if this machine has not got it.
func axeSource(ctx context.Context) (string, error) {
	if path := os.Getenv("STOA_TEST_AXE"); path != "" {
		source, err := os.ReadFile(path)
		return string(source), err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	path := filepath.Join(cache, "stoa-test", "axe-core-"+axeVersion+".min.js")
	if source, err := os.ReadFile(path); err == nil {
		return string(source), nil
	}
	source, err := fetchAxe(ctx)
	if err != nil {
		return "", err
	}
	return string(source), store(path, source)
}

// store writes a file whole or not at all: other test binaries may be about to
// read it, or to write the same.
func store(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "axe-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the error that matters is the first
	}
	return err
}

func fetchAxe(ctx context.Context) ([]byte, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "stoa-axe-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, npm, "pack", "axe-core@"+axeVersion, "--pack-destination", dir)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack: %w: %s", err, out)
	}
	return unpack(filepath.Join(dir, "axe-core-"+axeVersion+".tgz"), "package/axe.min.js")
}

// unpack returns one file of a package.
func unpack(archive, name string) ([]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	zipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	files := tar.NewReader(zipped)
	for {
		header, err := files.Next()
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", archive, name, err)
		}
		if header.Name == name {
			return io.ReadAll(files)
		}
	}
}
