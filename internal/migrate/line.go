package migrate

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
)

// A Line is the versions of one store's tables, and what of others they stand
// on.
type Line struct {
	Name     string
	Embedded fs.FS  // has a folder migrations, with a folder for each dialect
	Needs    []Line // whose tables this line's store writes into too
}

// Files returns the numbered files, in the folders postgres and sqlite.
func (l Line) Files() fs.FS {
	sub, err := fs.Sub(l.Embedded, "migrations")
	if err != nil {
		panic(err) // the name is a valid path
	}
	return sub
}

// Up brings the tables of the line up to date, with those that it needs.
func (l Line) Up(ctx context.Context, db *sql.DB) error {
	for _, n := range l.Needs {
		if err := n.Up(ctx, db); err != nil {
			return err
		}
	}
	return Up(ctx, db, l.Name, l.Files())
}

// Validate returns an error that says what to do if the tables of the line, or
// those that it needs, are older or newer than the program.
func (l Line) Validate(ctx context.Context, db *sql.DB) error {
	errs := make([]error, 0, 1+len(l.Needs))
	for _, n := range l.Needs {
		errs = append(errs, n.Validate(ctx, db))
	}
	return errors.Join(append(errs, Validate(ctx, db, l.Name, l.Files()))...)
}
