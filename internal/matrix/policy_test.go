package matrix_test

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed policy
var policies embed.FS

// The outcomes of a call.
const (
	done   = "y" // it was done, or the thing is among what was returned
	denied = "n" // ErrForbidden
	absent = "." // as if there were no such thing
)

// A policy says what each call must come to: by operation, state of the thing
// it is about, and role.
type policy map[string]map[string]map[string]string

// readPolicy reads the tables in the folder policy. Nothing in them comes from
// the code that they judge. The writer comes to what an author does.
func readPolicy() (policy, error) {
	files, err := fs.Glob(policies, "policy/*.txt")
	if err != nil {
		return nil, err
	}
	p := policy{}
	for _, name := range files {
		text, err := policies.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if err := p.read(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	p.like("writer", "author")
	return p, nil
}

// like has a role come to what another one does, where the tables say nothing of
// it.
func (p policy) like(role, other string) {
	for _, states := range p {
		for _, cells := range states {
			if cells[role] == "" {
				cells[role] = cells[other]
			}
		}
	}
}

// read reads one table: "roles" and their names, then blocks of operations that
// end in a colon, each with a row for each state.
func (p policy) read(text string) error {
	var roles, ops []string
	number := 0
	for line := range strings.Lines(text) {
		number++
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "roles":
			roles = words[1:]
		case strings.HasSuffix(words[len(words)-1], ":"):
			ops = strings.Fields(strings.TrimSuffix(strings.TrimSpace(line), ":"))
		case len(words) != len(roles)+1:
			return fmt.Errorf("line %d: %d cells for %d roles", number, len(words)-1, len(roles))
		default:
			if err := p.row(ops, roles, words[0], words[1:]); err != nil {
				return fmt.Errorf("line %d: %w", number, err)
			}
		}
	}
	return nil
}

func (p policy) row(ops, roles []string, state string, cells []string) error {
	for _, op := range ops {
		if p[op] == nil {
			p[op] = map[string]map[string]string{}
		}
		if p[op][state] != nil {
			return fmt.Errorf("%s has a second row for %s", op, state)
		}
		p[op][state] = map[string]string{}
		for i, cell := range cells {
			if !slices.Contains([]string{done, denied, absent}, cell) {
				return fmt.Errorf("%q is no outcome", cell)
			}
			p[op][state][roles[i]] = cell
		}
	}
	return nil
}

// knows reports whether any of the operations tells a role of a thing.
func (p policy) knows(role, state string, ops ...string) bool {
	return slices.ContainsFunc(ops, func(op string) bool { return p[op][state][role] == done })
}

// seeing are the operations that show a thing.
var seeing = []string{
	"kb.Article", "kb.Manuscript", "kb.Category", "kb.CategoryDraft", "profile.Person", "profile.Account", "profile.Fields", "profile.Role", "layout.Arrange",
	"assets.Asset", "assets.Purchase", "cases.Case",
}

// harmless are the operations that may be done to who is not there.
var harmless = []string{"profile.Export", "profile.EraseEverything"}

// TestPolicyIsMonotonic: whoever may change a thing may see it.
func TestPolicyIsMonotonic(t *testing.T) {
	p, err := readPolicy()
	require.NoError(t, err)
	for op, states := range p {
		for state, cells := range states {
			for role, cell := range cells {
				if cell != done || state == "unknown" && slices.Contains(harmless, op) || slices.Contains([]string{"-", "no-such", "nowhere", "none"}, state) {
					continue
				}
				require.True(t, p.knows(role, state, seeing...),
					"%s may %s what it may not see: %s", role, op, state)
			}
		}
	}
}

func TestPolicyFaultsAreNoticed(t *testing.T) {
	for _, text := range []string{"roles a b\nop:\nx y", "roles a\nop:\nx ?", "roles a\nop:\nx y\nx n"} {
		require.Error(t, policy{}.read(text))
	}
}
