package kbtest

import (
	"context"

	"github.com/stoa-go/stoa/kb"
)

// SaveNote implements [kb.Store].
func (f *Failing) SaveNote(ctx context.Context, n kb.Note) error {
	return f.do(func() error { return f.store.SaveNote(ctx, n) })
}

// Note implements [kb.Store].
func (f *Failing) Note(ctx context.Context, id string) (kb.Note, error) {
	return ask(f, func() (kb.Note, error) { return f.store.Note(ctx, id) })
}

// Notes implements [kb.Store].
func (f *Failing) Notes(ctx context.Context, q kb.NoteQuery) (page []kb.Note, next string, err error) {
	err = f.do(func() (err error) { page, next, err = f.store.Notes(ctx, q); return err })
	if err != nil {
		return nil, "", err
	}
	return page, next, nil
}
