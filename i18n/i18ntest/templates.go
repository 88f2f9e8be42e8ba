package i18ntest

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/stoa-go/stoa/i18n"
)

// keyFuncs are the names after which a template has a key.
var keyFuncs = []string{"T", "HTML", "Has", "t", "html_t"}

// templateFile is a template being searched.
type templateFile struct {
	name string
	text string
	uses []Use
}

func findInTemplate(fsys fs.FS, name string) ([]Use, error) {
	src, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	f := &templateFile{name: name, text: string(src)}
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(f.text, "", "", trees); err != nil {
		return nil, err
	}
	for _, t := range trees {
		if t.Root != nil {
			f.walk(reflect.ValueOf(t.Root))
		}
	}
	return f.uses, nil
}

// walk visits every node below v. The nodes have no common way to their
// children, so it goes by their fields.
func (f *templateFile) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		f.walk(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*parse.Tree]() {
			return
		}
		f.visit(v.Interface())
		f.walk(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				f.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			f.walk(v.Index(i))
		}
	}
}

func (f *templateFile) visit(node any) {
	switch n := node.(type) {
	case *parse.StringNode:
		if strings.Contains(n.Text, ".") && i18n.ValidKey(strings.TrimSuffix(n.Text, ".")) {
			f.add(n, n.Text, strings.HasSuffix(n.Text, "."), false)
		}
	case *parse.CommandNode:
		if len(n.Args) > 1 && slices.Contains(keyFuncs, lastName(n.Args[0])) {
			f.key(n.Args[1])
		}
	}
}

// lastName returns the T of .P.T and $.P.T, and the name of a function.
func lastName(n parse.Node) string {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		return n.Ident
	case *parse.FieldNode:
		return n.Ident[len(n.Ident)-1]
	case *parse.VariableNode:
		return n.Ident[len(n.Ident)-1]
	case *parse.ChainNode:
		return n.Field[len(n.Field)-1]
	}
	return ""
}

// key notes "key" and (printf "key.%s" .X).
func (f *templateFile) key(n parse.Node) {
	switch n := n.(type) {
	case *parse.StringNode:
		f.add(n, n.Text, false, true)
	case *parse.PipeNode:
		if len(n.Cmds) == 0 {
			return
		}
		args := n.Cmds[0].Args
		if len(args) < 2 || lastName(args[0]) != "printf" && lastName(args[0]) != "print" {
			return
		}
		if format, ok := args[1].(*parse.StringNode); ok {
			prefix, _, _ := strings.Cut(format.Text, "%")
			f.add(format, prefix, true, true)
		}
	}
}

func (f *templateFile) add(n parse.Node, key string, open, text bool) {
	line := 1 + strings.Count(f.text[:min(int(n.Position()), len(f.text))], "\n")
	f.uses = append(f.uses, Use{File: f.name, Line: line, Key: key, Open: open, Text: text})
}
