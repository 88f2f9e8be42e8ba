package rows

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/stoa-go/stoa/cases"
	"github.com/stoa-go/stoa/internal/cursor"
)

// A Place is where a case stands in an order: by a number, and ties by ID.
type Place struct {
	N  int64
	ID string
}

// Compare compares places in ascending order.
func (p Place) Compare(q Place) int { return cmp.Or(cmp.Compare(p.N, q.N), cmp.Compare(p.ID, q.ID)) }

// Column names the number that an order goes by: updated, touched, created or
// urgent. desc is whether the greatest comes first.
func Column(o cases.Order) (name string, desc bool, err error) {
	switch o {
	case cases.OrderUpdated:
		return "updated", true, nil
	case cases.OrderTouched:
		return "touched", true, nil
	case cases.OrderCreated:
		return "created", true, nil
	case cases.OrderOldest:
		return "created", false, nil
	case cases.OrderUrgent:
		return "urgent", false, nil
	}
	return "", false, fmt.Errorf("order %q: %w", o, cases.ErrInvalid)
}

// Numbers returns the numbers that orders go by: microseconds, and for what is
// urgent those of its creation above the [Base] of its priority.
func Numbers(c cases.Case) map[string]int64 {
	created := c.CreatedAt.UnixMicro()
	return map[string]int64{
		"updated": c.UpdatedAt.UnixMicro(), "touched": c.TouchedAt.UnixMicro(), "created": created, "urgent": Base(c.Priority) + created,
	}
}

// Span is how far the bases of two priorities are from each other. The
// microseconds of all years that are kept are within half of it on either side.
const Span = 1 << 60

// Priorities returns all priorities, the most urgent first.
func Priorities() []cases.Priority {
	return []cases.Priority{cases.PriorityUrgent, cases.PriorityHigh, cases.PriorityNormal, cases.PriorityLow}
}

// Base returns the number that stands for a priority, lower for what is more
// urgent.
func Base(p cases.Priority) int64 { return int64(slices.Index(Priorities(), p)) * Span }

// Token returns the page token that goes on after a place.
func Token(o cases.Order, p Place) string {
	return cursor.Encode(string(o), cursor.FormatInt(p.N), p.ID)
}

// After returns the place that a query goes on after, nil for the first page.
func After(q cases.Query) (*Place, error) {
	if q.After == "" {
		return nil, nil
	}
	parts, err := cursor.Decode(q.After, 3)
	if err != nil {
		return nil, err
	}
	n, err := cursor.ParseInt(parts[1])
	if err != nil {
		return nil, err
	}
	if parts[0] != string(q.Order) {
		return nil, fmt.Errorf("a page token of another order: %w", cases.ErrInvalid)
	}
	return &Place{N: n, ID: parts[2]}, nil
}

// Limit is how many cases a page has.
func Limit(q cases.Query) int {
	if q.Limit <= 0 {
		return 50
	}
	return q.Limit
}
