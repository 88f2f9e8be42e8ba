// Package docs keeps the texts about the project true.
package docs

import (
	"flag"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the bodies of Examples into the README")

const root = "../.."

var block = regexp.MustCompile("(?s)<!-- example: ([a-z0-9/]+) -->\n(?:\n```go\n.*?\n```\n)?")

// TestReadmeQuotesExamples fails if code in the README is not the body of the
// package's Example_readme, which runs with its tests.
func TestReadmeQuotesExamples(t *testing.T) {
	file := filepath.Join(root, "README.md")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	quoted := 0
	want := block.ReplaceAllStringFunc(string(data), func(s string) string {
		quoted++
		pkg := block.FindStringSubmatch(s)[1]
		return "<!-- example: " + pkg + " -->\n\n```go\n" + example(t, pkg) + "\n```\n"
	})
	var examples []string
	for _, pattern := range []string{"*/readme_example_test.go", "*/*/readme_example_test.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		examples = append(examples, files...)
	}
	require.Len(t, examples, quoted, "the README quotes every example that was written for it")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(data), "run: go test ./internal/docs -update")
}

// example returns the body of a package's Example_readme.
func example(t *testing.T, pkg string) string {
	t.Helper()
	fset := token.NewFileSet()
	file := filepath.Join(root, pkg, "readme_example_test.go")
	tree, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	require.NoError(t, err)
	source, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, decl := range tree.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Name.Name != "Example_readme" {
			continue
		}
		return body(t, string(source[fset.Position(f.Body.Lbrace).Offset+1:fset.Position(f.Body.Rbrace).Offset]))
	}
	t.Fatalf("%s has no Example_readme", file)
	return ""
}

// body returns the lines of a function, moved to the left, without what they
// print.
func body(t *testing.T, text string) string {
	t.Helper()
	text, _, _ = strings.Cut(text, "// Output:")
	text, _, _ = strings.Cut(text, "// Unordered output:")
	out, err := format.Source([]byte(strings.TrimSpace(text)))
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

var (
	link = regexp.MustCompile(`\]\(([^)#]+)`)
	code = regexp.MustCompile("`[^`\n]+`") // in it nothing is a link, unless it is the text of one
)

// TestLinksLead fails for a link from our texts to a file that is not there.
func TestLinksLead(t *testing.T) {
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		data, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(string(data), "code"), -1) {
			if strings.HasPrefix(m[1], "http") {
				continue
			}
			_, err := os.Stat(filepath.Join(root, m[1]))
			require.NoError(t, err, "%s links to %s", name, m[1])
		}
	}
}
