package idem_test

import (
	"fmt"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/idem"
)

// A create that may be repeated: the caller's key decides the id, and the hash
// beside the row tells a repeat from a mistake.
func ExampleOnce() {
	type row struct{ id, hash, subject string }
	rows := map[string]row{}
	open := func(actor, key, subject string) (row, error) {
		id, hash := idem.ID("cases.open", actor, key), idem.Hash(subject)
		return idem.Once(hash,
			func() (row, error) {
				if _, taken := rows[id]; taken {
					return row{}, errs.Conflict
				}
				rows[id] = row{id, hash, subject}
				return rows[id], nil
			},
			func() (row, string, error) { return rows[id], rows[id].hash, nil })
	}
	first, _ := open("ann", "k1", "Printer on fire")
	again, _ := open("ann", "k1", "Printer on fire")
	_, err := open("ann", "k1", "Coffee machine on fire")
	fmt.Println(first == again, len(rows))
	fmt.Println(err)
	// Output:
	// true 1
	// conflict: error.idempotency_mismatch
}
