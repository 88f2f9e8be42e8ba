package sqldb_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The house rule that this file enforces by reading the source: SQL that
// writes is run only on a name "tx", and tx is only ever
//
//   - a parameter of a function, as the one of DB.Write is, or
//   - what a call of Begin, BeginTx, Beginx or BeginTxx returned.
//
// Where a function takes a parameter tx, its callers pass their own tx. Without
// types that is a convention and not a proof, but a store that follows it
// cannot write outside a transaction by mistake. SQL assembled from pieces that
// are not constants is only seen where Exec runs it.
//
// The helpers of sqlx that rewrite queries are forbidden altogether: they
// change every ?, also one inside a literal or a JSON operator.

const module = "github.com/stoa-go/stoa"

// mayWrite lists the folders that the rule does not bind, and why.
var mayWrite = map[string]string{
	"internal/sqldb":   "implements it",
	"internal/migrate": "claims a step before it runs it, in transactions of its own",
	"internal/testdb":  "makes schemas for tests",
	"examples/host":    "plays a product that was there before Stoa, with tables of its own",
}

var (
	writes = regexp.MustCompile(`(?is)\b(insert\s+(or\s+\w+\s+)?into|update\s+[\w.]+\s+(as\s+\w+\s+)?set|delete\s+from|merge\s+into|truncate)\b`)
	begins = regexp.MustCompile(`^(Must)?Begin(x|Tx|Txx)?$`)
	runs   = regexp.MustCompile(`^(Query|QueryRow|Queryx|QueryRowx|Get|Select|Prepare|Preparex)(Context)?$`)
	bans   = regexp.MustCompile(`^(MustExec|NamedExec|NamedQuery|PrepareNamed|PrepareNamedContext|MustExecContext|NamedExecContext|NamedQueryContext|Rebind|BindNamed)$`)
)

func TestEveryWriteIsInATransaction(t *testing.T) {
	sources := map[string]string{}
	root := filepath.Join("..", "..")
	require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(root, name)
		sources[filepath.ToSlash(rel)] = string(text)
		return err
	}))
	c, err := newChecker(sources)
	require.NoError(t, err)
	require.Empty(t, c.check(), "write on the tx of sqldb.DB.Write")
	require.Positive(t, c.seen, "no write was seen, so nothing was checked")
}

// A checker holds the parsed files of a module.
type checker struct {
	fset    *token.FileSet
	files   map[string]*ast.File      // by path
	takesTx map[string]map[string]int // folder -> function -> index of its parameter tx
	consts  map[string]ast.Expr       // folder + name -> value
	seen    int                       // writes found
	faults  []string
}

func newChecker(sources map[string]string) (*checker, error) {
	c := &checker{fset: token.NewFileSet(), files: map[string]*ast.File{}, takesTx: map[string]map[string]int{}, consts: map[string]ast.Expr{}}
	for name, text := range sources {
		f, err := parser.ParseFile(c.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		c.files[name] = f
		c.declare(path.Dir(name), f)
	}
	return c, nil
}

func (c *checker) declare(dir string, f *ast.File) {
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if i := paramIndex(d.Type, "tx"); i >= 0 {
				if c.takesTx[dir] == nil {
					c.takesTx[dir] = map[string]int{}
				}
				c.takesTx[dir][d.Name.Name] = i
			}
		case *ast.GenDecl:
			c.declareConsts(dir, d)
		}
	}
}

func (c *checker) declareConsts(dir string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		if v, ok := spec.(*ast.ValueSpec); ok && len(v.Names) == len(v.Values) {
			for i, name := range v.Names {
				c.consts[dir+"."+name.Name] = v.Values[i]
			}
		}
	}
}

func paramIndex(f *ast.FuncType, name string) int {
	i := 0
	for _, field := range f.Params.List {
		for _, n := range field.Names {
			if n.Name == name {
				return i
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	return -1
}

func (c *checker) check() []string {
	for name, f := range c.files {
		dir := path.Dir(name)
		imports := importsOf(f)
		if mayWrite[dir] != "" || !usesSQL(imports) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				c.checkBinding(n.Lhs, n.Rhs)
			case *ast.ValueSpec:
				c.checkBinding(exprs(n.Names), n.Values)
			case *ast.CallExpr:
				c.checkCall(dir, imports, n)
			}
			return true
		})
	}
	slices.Sort(c.faults)
	return c.faults
}

// importsOf returns the paths that f imports, by the names it uses for them.
func importsOf(f *ast.File) map[string]string {
	imports := map[string]string{}
	for _, spec := range f.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = p
	}
	return imports
}

func usesSQL(imports map[string]string) bool {
	for _, p := range imports {
		if p == "database/sql" || p == "github.com/jmoiron/sqlx" || p == module+"/internal/sqldb" {
			return true
		}
	}
	return false
}

func exprs(names []*ast.Ident) []ast.Expr {
	list := make([]ast.Expr, len(names))
	for i, n := range names {
		list[i] = n
	}
	return list
}

func isTx(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "tx"
}

func (c *checker) fault(n ast.Node, format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf("%s: %s", c.fset.Position(n.Pos()), fmt.Sprintf(format, args...)))
}

// checkBinding finds what else is called tx.
func (c *checker) checkBinding(lhs, rhs []ast.Expr) {
	if !slices.ContainsFunc(lhs, isTx) {
		return
	}
	if len(rhs) == 1 {
		if call, ok := rhs[0].(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && begins.MatchString(sel.Sel.Name) {
				return
			}
		}
	}
	c.fault(lhs[0], "tx is bound to something that is not the start of a transaction")
}

func (c *checker) checkCall(dir string, imports map[string]string, call *ast.CallExpr) {
	name, pkg := callee(imports, call)
	_, isMethod := call.Fun.(*ast.SelectorExpr)
	switch {
	case bans.MatchString(name) && isMethod, pkg == "github.com/jmoiron/sqlx" && (name == "In" || name == "Named"):
		c.fault(call, "%s rewrites queries or hides a write", name)
		return
	case isExec(name) && isMethod && (pkg == "" || usesSQL(map[string]string{"": pkg})):
		c.wantTx(call, name)
	case runs.MatchString(name) && c.mentionsWrite(dir, call):
		c.wantTx(call, name)
	}
	c.checkArgument(cmp.Or(folderOf(pkg), dir), pkg, name, call)
}

func isExec(name string) bool { return name == "Exec" || name == "ExecContext" }

func folderOf(pkg string) string { return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/") }

// callee returns the name that is called and, if it is of another package, the
// path of that.
func callee(imports map[string]string, call *ast.CallExpr) (name, pkg string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return f.Sel.Name, imports[x.Name]
		}
		return f.Sel.Name, ""
	}
	return "", ""
}

// wantTx wants the call to be one of tx, or to have tx as an argument.
func (c *checker) wantTx(call *ast.CallExpr, name string) {
	c.seen++
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && isTx(sel.X) || slices.ContainsFunc(call.Args, isTx) {
		return
	}
	c.fault(call, "%s writes outside a transaction", name)
}

// checkArgument wants callers of a function with a parameter tx to pass theirs.
func (c *checker) checkArgument(dir, pkg, name string, call *ast.CallExpr) {
	i, ok := c.takesTx[dir][name]
	if !ok || i >= len(call.Args) || pkg != "" && !strings.HasPrefix(pkg, module) {
		return
	}
	if !isTx(call.Args[i]) {
		c.fault(call, "%s takes a transaction and gets something else", name)
	}
}

// mentionsWrite reports whether an argument has SQL that writes in it, followed
// through constants of the package.
func (c *checker) mentionsWrite(dir string, call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return writes.MatchString(c.text(dir, e, 0)) })
}

func (c *checker) text(dir string, e ast.Expr, depth int) string {
	var b strings.Builder
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				s, _ := strconv.Unquote(n.Value)
				b.WriteString(s)
			}
		case *ast.Ident:
			if v, ok := c.consts[dir+"."+n.Name]; ok && depth < 5 {
				b.WriteString(c.text(dir, v, depth+1))
			}
		}
		return true
	})
	return b.String()
}
