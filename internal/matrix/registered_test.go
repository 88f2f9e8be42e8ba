package matrix_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/web"
	"github.com/stoa-go/stoa/kb"
	"github.com/stoa-go/stoa/kb/courses"
	"github.com/stoa-go/stoa/kb/insight"
	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/assets"
	"github.com/stoa-go/stoa/profile/audit"
	"github.com/stoa-go/stoa/profile/layout"
	"github.com/stoa-go/stoa/profile/pushprofile"
	"github.com/stoa-go/stoa/profile/retention"
	"github.com/stoa-go/stoa/profile/smsprofile"
	"github.com/stoa-go/stoa/profile/webhookprofile"
	"github.com/stoa-go/stoa/search"
	"github.com/stoa-go/stoa/search/report"
)

// fronts are the types that people's requests go through, by package. The
// operations of the first one of a package are named for the package alone.
var fronts = map[string][]reflect.Type{
	"kb":     {reflect.TypeFor[*kb.Library]()},
	"search": {reflect.TypeFor[*search.Engine]()},
	"profile": {
		reflect.TypeFor[*profile.Directory](), reflect.TypeFor[*profile.Sessions](), reflect.TypeFor[*profile.Identities](),
		reflect.TypeFor[*profile.Notifier](), reflect.TypeFor[*profile.Links](), reflect.TypeFor[*profile.Bounces](), reflect.TypeFor[*profile.Invitations](),
		reflect.TypeFor[*profile.Connections](), reflect.TypeFor[*profile.Addresses](),
	},
	"cases":                  {reflect.TypeFor[*cases.Desk]()},
	"kb/courses":             {reflect.TypeFor[*courses.School]()},
	"kb/insight":             {reflect.TypeFor[*insight.Analyst]()},
	"search/report":          {reflect.TypeFor[*report.Reporter]()},
	"profile/assets":         {reflect.TypeFor[*assets.Inventory]()},
	"profile/layout":         {reflect.TypeFor[*layout.Arranger]()},
	"profile/audit":          {reflect.TypeFor[*audit.Log]()},
	"profile/retention":      {reflect.TypeFor[*retention.Holds](), reflect.TypeFor[*retention.Schedule]()},
	"profile/pushprofile":    {reflect.TypeFor[*pushprofile.Channel]()},
	"profile/smsprofile":     {reflect.TypeFor[*smsprofile.Phones]()},
	"profile/webhookprofile": {reflect.TypeFor[*webhookprofile.Channel]()},
}

// exempt are other types with methods that take an actor, and why.
var exempt = map[string]string{
	"profile.Policy":     "it answers whether an actor may, and does nothing",
	"profile.TitlesFunc": "it is the host's own function, and the Directory calls it",
}

// methods returns the methods of the front types that take an actor.
func methods() []string {
	var out []string
	for pkg, types := range fronts {
		for i, front := range types {
			name := path.Base(pkg)
			if i > 0 {
				name += "." + front.Elem().Name()
			}
			for m := range front.Methods() {
				if takes(m.Type, reflect.TypeFor[profile.Actor]()) {
					out = append(out, name+"."+m.Name)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// takes reports whether a method takes a parameter of a type.
func takes(method, param reflect.Type) bool {
	for i := 1; i < method.NumIn(); i++ {
		if method.In(i) == param {
			return true
		}
	}
	return false
}

// unregistered returns the methods that no operation calls.
func unregistered(methods []string, ops []operation) []string {
	return slices.DeleteFunc(slices.Clone(methods), func(name string) bool {
		return slices.ContainsFunc(ops, func(op operation) bool { return strings.HasPrefix(op.name+"/", name+"/") })
	})
}

func TestEveryOperationIsRegistered(t *testing.T) {
	require.Empty(t, unregistered(methods(), operations()), "add them to operations and to a table in the folder policy")
	for _, op := range operations() {
		name, _, _ := strings.Cut(op.name, "/")
		require.Contains(t, methods(), name, "there is no such operation")
		require.NotNil(t, states[op.on], op.name)
	}
}

// TestUnregisteredIsNoticed takes each operation away in turn.
func TestUnregisteredIsNoticed(t *testing.T) {
	all := methods()
	require.GreaterOrEqual(t, len(all), 100)
	for _, gone := range all {
		left := slices.DeleteFunc(operations(), func(op operation) bool { return strings.HasPrefix(op.name+"/", gone+"/") })
		require.Equal(t, []string{gone}, unregistered(all, left))
	}
}

// TestEveryCellIsDecided: the tables say something of each call, and nothing of
// calls that there are not.
func TestEveryCellIsDecided(t *testing.T) {
	p, err := readPolicy()
	require.NoError(t, err)
	known := map[string]operation{}
	for _, op := range operations() {
		require.NotContains(t, known, op.name, "it is registered twice")
		known[op.name] = op
		require.NotNil(t, p[op.name], "no table has %s", op.name)
		for _, state := range states[op.on] {
			for _, role := range roles {
				require.NotEmpty(t, p[op.name][state][role], "%s of %s by %s", op.name, state, role)
			}
		}
	}
	for name, rows := range p {
		op, ok := known[name]
		require.True(t, ok, "a table has %s, which is not registered", name)
		for state, cells := range rows {
			require.Contains(t, states[op.on], state, name)
			for role := range cells {
				require.Contains(t, roles, role)
			}
		}
	}
}

// actorless are the routes that ask no front type on behalf of an actor, and why.
var actorless = map[string]string{
	"kb.types":                       "it shows everybody what the configuration says",
	"profile.permissions":            "it lists what roles are made of, the same to everybody",
	"profile.me":                     "it shows who asks who they are",
	"profile.notices.unsubscription": "it is for whoever holds a signed token, signed in or not",
	"profile.notices.unsubscribe":    "it is for whoever holds a signed token, signed in or not",
	"profile.end_view":               "it ends what the session that asks does",
	"profile.push":                   "it shows everybody the public key",
}

// TestEveryRouteIsRegistered: each operation of each HTTP API leads to one that
// is registered, and says who may.
func TestEveryRouteIsRegistered(t *testing.T) {
	w := newWorld(t, sound)
	routes := servedRoutes()
	for route := range actorless {
		routes[route] = true
	}
	for _, op := range operations() {
		for _, route := range op.routes {
			routes[route] = true
		}
	}
	served := map[string]bool{}
	for _, api := range []*web.API{w.library.API(), w.engine.API(), w.desk.API(), w.notifier.API(), w.push.API(), w.phones.API(), w.arranger.API(), w.inventory.API(), w.school.API(), w.log.API(), w.cases.API()} {
		for _, op := range api.Ops() {
			served[op.Name] = true
			require.True(t, routes[op.Name], "the route %s (%s %s) belongs to no registered operation", op.Name, op.Method, op.Path)
			require.NotEmpty(t, op.Policy)
		}
	}
	for route := range routes {
		require.True(t, served[route], "no API serves %s", route)
	}
}

// TestEveryFrontIsRegistered reads the source of all capabilities, with their
// subpackages, for methods that take an actor.
func TestEveryFrontIsRegistered(t *testing.T) {
	found := map[string]bool{}
	root := os.DirFS(filepath.Join("..", ".."))
	require.NoError(t, fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (file == "internal" || file == "examples" || file != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") && file != path.Base(file):
			receivers(t, root, file, found)
		}
		return nil
	}))
	known := map[string]bool{}
	for pkg, types := range fronts {
		for _, front := range types {
			known[pkg+"."+front.Elem().Name()] = true
		}
	}
	for name := range found {
		require.True(t, known[name] || exempt[name] != "", "%s takes actors: add it to fronts", name)
	}
	for name := range known {
		require.True(t, found[name], "%s was not found in the source: does the search still work?", name)
	}
	for name := range exempt {
		require.True(t, found[name], "%s is exempt and does not exist", name)
	}
}

// receivers notes the types with exported methods that take an actor.
func receivers(t *testing.T, root fs.FS, file string, found map[string]bool) {
	t.Helper()
	text, err := fs.ReadFile(root, file)
	require.NoError(t, err)
	parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	require.NoError(t, err)
	pkg := path.Dir(file)
	for _, d := range parsed.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Recv == nil || !f.Name.IsExported() || !takesActor(f, pkg) {
			continue
		}
		receiver := f.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		if name, ok := receiver.(*ast.Ident); ok && name.IsExported() {
			found[pkg+"."+name.Name] = true
		}
	}
}

func takesActor(f *ast.FuncDecl, pkg string) bool {
	return slices.ContainsFunc(f.Type.Params.List, func(p *ast.Field) bool {
		switch t := p.Type.(type) {
		case *ast.SelectorExpr:
			return t.Sel.Name == "Actor"
		case *ast.Ident:
			return pkg == "profile" && t.Name == "Actor"
		}
		return false
	})
}
