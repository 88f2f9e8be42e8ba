package migrate

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/stoa-go/stoa/internal/sqldb"
)

// A Step is one migration.
type Step struct {
	Version int    // from 1, without gaps
	Name    string // what follows the number, "create_cases"
	SQL     string
}

func (s Step) String() string { return fmt.Sprintf("%03d_%s", s.Version, s.Name) }

// Steps reads the migrations for dialect from the files named
// dialect/001_verb_noun.sql, in order. The numbers have no gaps, and both
// dialects have the same steps: what one of them does not need is a file that
// says why and does nothing.
func Steps(files fs.FS, dialect sqldb.Dialect) ([]Step, error) {
	steps, err := folder(files, dialect)
	if err != nil {
		return nil, err
	}
	other := sqldb.DialectSQLite
	if dialect == other {
		other = sqldb.DialectPostgres
	}
	theirs, err := folder(files, other)
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(steps, theirs, func(a, b Step) bool { return a.String() == b.String() }) {
		return nil, fmt.Errorf("migrations: %s has %v but %s has %v", dialect, steps, other, theirs)
	}
	return steps, nil
}

func folder(files fs.FS, dialect sqldb.Dialect) ([]Step, error) {
	names, err := fs.Glob(files, string(dialect)+"/*.sql")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("migrations: no files in %s", dialect)
	}
	slices.Sort(names)
	steps := make([]Step, len(names))
	for i, name := range names {
		if steps[i], err = step(files, name); err != nil {
			return nil, err
		}
		if steps[i].Version != i+1 {
			return nil, fmt.Errorf("migration %s: want number %03d", name, i+1)
		}
	}
	return steps, nil
}

func step(files fs.FS, name string) (Step, error) {
	num, label, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".sql"), "_")
	version, err := strconv.Atoi(num)
	if err != nil || !ok || label == "" {
		return Step{}, fmt.Errorf("migration %s: want a name like 001_create_cases.sql", name)
	}
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return Step{}, err
	}
	return Step{Version: version, Name: label, SQL: string(text)}, nil
}
