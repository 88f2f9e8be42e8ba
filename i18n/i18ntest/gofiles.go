package i18ntest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/i18n"
)

// keyArgument is the place of the key among the arguments of a call, by the
// name of what is called. Where it is the second there are three.
var keyArgument = map[string]int{"T": 0, "HTML": 0, "Has": 0, "Say": 1, "Field": 1, "Add": 1}

// goFiles are the files of one package.
type goFiles struct {
	fset      token.FileSet
	files     []*ast.File
	constants map[string]string
	found     []Use
}

func (g *goFiles) read(fsys fs.FS, name string) error {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(&g.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	g.files = append(g.files, file)
	ast.Inspect(file, g.constant)
	return nil
}

// constant notes string constants, so that a key may have a name.
func (g *goFiles) constant(n ast.Node) bool {
	if spec, ok := n.(*ast.ValueSpec); ok {
		for i, name := range spec.Names {
			if i < len(spec.Values) {
				if s, ok := literal(spec.Values[i]); ok {
					g.constants[name.Name] = s
				}
			}
		}
	}
	return true
}

func (g *goFiles) uses() []Use {
	for _, file := range g.files {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec, *ast.Field:
				return false // import paths and struct tags
			case *ast.CallExpr:
				g.call(n)
			case *ast.CompositeLit:
				g.composite(n)
			case *ast.BasicLit:
				g.mention(n)
			case *ast.BinaryExpr:
				g.concatenation(n)
			}
			return true
		})
	}
	return g.found
}

func (g *goFiles) add(at ast.Node, key string, open, text bool) {
	p := g.fset.Position(at.Pos())
	g.found = append(g.found, Use{File: p.Filename, Line: p.Line, Key: key, Open: open, Text: text})
}

// call notes p.T("key") and errs.Say(class, "key", nil).
func (g *goFiles) call(n *ast.CallExpr) {
	name := calledName(n.Fun)
	i, ok := keyArgument[name]
	if !ok || i >= len(n.Args) || i == 1 && len(n.Args) != 3 || isTemplateHTML(n.Fun) {
		return
	}
	if key, open, ok := g.key(n.Args[i]); ok && i18n.ValidKey(strings.TrimRight(key, ".")) {
		g.add(n.Args[i], key, open, true)
	}
}

// isTemplateHTML tells the conversion to a template.HTML from a call.
func isTemplateHTML(fun ast.Expr) bool {
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	pkg, ok := sel.X.(*ast.Ident)
	return ok && pkg.Name == "template"
}

func calledName(fun ast.Expr) string {
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

// key returns the string an expression is, or begins with.
func (g *goFiles) key(e ast.Expr) (key string, open, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		key, ok = literal(e)
	case *ast.Ident:
		key, ok = g.constants[e.Name]
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			key, _, ok = g.key(e.X)
			return key, true, ok
		}
	}
	return key, false, ok
}

// composite notes errs.Message{Key: "key"}.
func (g *goFiles) composite(n *ast.CompositeLit) {
	if calledName(n.Type) != "Message" || len(n.Elts) == 0 {
		return
	}
	value := n.Elts[0]
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); !ok || name.Name != "Key" {
				continue
			}
			value = pair.Value
			break
		}
	}
	if key, open, ok := g.key(value); ok && i18n.ValidKey(strings.TrimRight(key, ".")) {
		g.add(value, key, open, true)
	}
}

// mention notes any string that could be a key, or the beginning of keys.
func (g *goFiles) mention(n *ast.BasicLit) {
	s, ok := literal(n)
	if ok && strings.Contains(s, ".") && i18n.ValidKey(strings.TrimSuffix(s, ".")) {
		g.add(n, s, strings.HasSuffix(s, "."), false)
	}
}

func (g *goFiles) concatenation(n *ast.BinaryExpr) {
	if key, open, ok := g.key(n); ok && open && strings.Contains(key, ".") {
		g.add(n, key, true, false)
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
