// Package idem makes creates safe to repeat, without a second table.
//
// An error never means "not done": a connection can break after the database
// took the row. So a caller sends a key of its own choice with a create, and
// repeats the call with the same key until it has an answer. The contract:
//
//   - same key, same input: the same record, created once;
//   - same key, other input: errs.Conflict, nothing changed;
//   - no key: a new record for each call.
//
// The record's id is derived from the key, so the primary key of the record's
// own table makes a repeat collide with the first try, whichever instance
// served it and however long ago. The hash of the input lies beside the row
// and tells a repeat from a mistake:
//
//	id, hash := idem.ID("cases.open", by.ID, draft.Key), idem.Hash(draft)
//	return idem.Once(hash,
//		func() (Case, error) { return store.Insert(ctx, id, hash, draft) },
//		func() (Case, string, error) { return store.Find(ctx, id) })
//
// Ids made from keys are as easy to guess as the keys: knowing an id must
// never be what gives access.
package idem

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"

	"github.com/stoa-go/stoa/internal/errs"
)

// size is the length of ids and hashes: 128 bits, 26 characters.
const size = 16

// MaxKey is the longest key in bytes.
const MaxKey = 255

// ID returns the id of the record that actor creates with key through the
// operation scope ("cases.open"): the same each time, and different as soon as
// one of the three is. Without a key it is a new random id.
func ID(scope, actor, key string) string {
	if key == "" {
		return New()
	}
	h := sha256.New()
	for _, part := range []string{"stoa id 1", scope, actor, key} {
		h.Write(binary.AppendUvarint(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return text(h.Sum(nil))
}

// New returns a new random id: 26 characters of a to z and 2 to 7.
func New() string {
	var b [size]byte
	rand.Read(b[:])
	return text(b[:])
}

// CheckKey reports a key that is not 1 to 255 printable ASCII characters as errs.Invalid.
func CheckKey(key string) error {
	if len(key) < 1 || len(key) > MaxKey {
		return errs.Say(errs.Invalid, "error.idempotency_key", map[string]any{"max": MaxKey})
	}
	for i := range len(key) {
		if key[i] < ' ' || key[i] > '~' {
			return errs.Say(errs.Invalid, "error.idempotency_key", map[string]any{"max": MaxKey})
		}
	}
	return nil
}

// Check compares the hash stored with a record and the hash of the input that
// came with its key again. Other input is errs.Conflict.
func Check(storedHash, hash string) error {
	if storedHash != hash || hash == "" {
		return errs.Say(errs.Conflict, "error.idempotency_mismatch", nil)
	}
	return nil
}

// Once creates a record with insert. When that is errs.Conflict, find is asked
// for the record of the id and the hash stored with it: a record of the same
// input is the answer, one of other input is errs.Conflict. If find knows no
// such record, something else was in the way and insert's error stands.
func Once[T any](hash string, insert func() (T, error), find func() (T, string, error)) (T, error) {
	var none T
	made, err := insert()
	if !errors.Is(err, errs.Conflict) {
		return made, err
	}
	first, stored, findErr := find()
	if errors.Is(findErr, errs.NotFound) {
		return none, err
	}
	if findErr != nil {
		return none, findErr
	}
	if err := Check(stored, hash); err != nil {
		return none, err
	}
	return first, nil
}

func text(sum []byte) string {
	return base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding).EncodeToString(sum[:size])
}
