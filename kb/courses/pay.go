package courses

import (
	"context"
	"errors"
	"fmt"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/profile"
)

// Payments takes the money for orders. Whoever implements it tells
// [School.Confirm] when it is there.
type Payments interface {
	// Begin begins the checkout of an order, and says where the buyer goes on.
	// The same order again is the same checkout: it must not be paid twice.
	Begin(ctx context.Context, o Order) (Checkout, error)
}

// A Checkout is where a buyer goes on.
type Checkout struct {
	URL     string // of the page that takes the money; "" if there is none
	Invoice bool   // there will be an invoice
}

// Invoice is the [Payments] of those who write invoices: somebody says that an
// order is paid when the money has come.
type Invoice struct{}

// Begin implements [Payments].
func (Invoice) Begin(context.Context, Order) (Checkout, error) { return Checkout{Invoice: true}, nil }

// Checkout begins the checkout of what the actor owes for a course.
func (s *School) Checkout(ctx context.Context, by profile.Actor, course string) (Checkout, error) {
	if !learns(by) {
		return Checkout{}, wrap(ErrForbidden, "pay for", course)
	}
	if _, err := s.seen(ctx, by, course); err != nil {
		return Checkout{}, wrap(err, "course", course)
	}
	e, err := s.store.Enrolment(ctx, course, by.ID)
	if err != nil {
		return Checkout{}, wrap(absent(err), "course", course)
	}
	if e.State != StateUnpaid || e.Order == nil || e.Order.Paid() {
		return Checkout{}, wrap(say(ErrConflict, "nothing_due"), "course", course)
	}
	out, err := s.opts.Payments.Begin(ctx, *e.Order)
	if err != nil {
		return Checkout{}, wrap(fmt.Errorf("%w: %w", ErrUnavailable, err), "pay for", course)
	}
	if out.Invoice {
		err = s.invoice(ctx, by, e)
	}
	return out, wrap(err, "pay for", course)
}

// invoice notes that an order is to be paid by invoice.
func (s *School) invoice(ctx context.Context, by profile.Actor, e Enrolment) error {
	_, err := s.change(ctx, by, e.Course, e.Person, func(e *Enrolment, did *steps) error {
		if e.Order == nil || e.Order.Invoiced {
			return errNothing
		}
		e.Order.Invoiced = true
		did.add("order.invoiced", SubjectCourse+e.Course, "order", e.Order.ID)
		return nil
	})
	return err
}

// A Payment is what a payment system says has come.
type Payment struct {
	Order  string     // ID
	Amount i18n.Money // must be that of the order
	Ref    string     // what the payment is called there
}

// Confirm is told that an order is paid. It is for what takes the money, after it
// has made sure who says so: it asks for no rights. Confirming again does
// nothing. An amount that is not the order's is ErrInvalid and pays nothing.
func (s *School) Confirm(ctx context.Context, p Payment) (Enrolment, error) {
	e, err := s.confirm(ctx, profile.Actor{}, p)
	return e, wrap(err, "order", p.Order)
}

func (s *School) confirm(ctx context.Context, by profile.Actor, p Payment) (Enrolment, error) {
	e, err := s.store.EnrolmentOfOrder(ctx, p.Order)
	if err != nil {
		return Enrolment{}, absent(err)
	}
	return s.change(ctx, by, e.Course, e.Person, func(e *Enrolment, did *steps) error {
		o := e.Order
		switch {
		case o == nil || o.ID != p.Order:
			return ErrNotFound
		case o.Paid():
			return errNothing
		case o.Amount != p.Amount:
			return errs.Field("amount", "error.course.amount", nil)
		}
		o.PaidAt, o.Ref = s.clock(), p.Ref
		did.add("course.paid", SubjectCourse+e.Course, "order", o.ID)
		if e.State == StateUnpaid {
			return s.admit(ctx, e, did)
		}
		return nil
	})
}

// Paid says that an order was paid, for those at the desk who see the money
// come. It takes [profile.PermissionCoursesTeach].
func (s *School) Paid(ctx context.Context, by profile.Actor, order string) (Enrolment, error) {
	if !s.teaches(by) {
		return Enrolment{}, wrap(ErrForbidden, "order", order)
	}
	e, err := s.store.EnrolmentOfOrder(ctx, order)
	if err == nil && e.Order == nil {
		err = ErrNotFound
	}
	if err != nil {
		return Enrolment{}, wrap(absent(err), "order", order)
	}
	e, err = s.confirm(ctx, by, Payment{Order: order, Amount: e.Order.Amount, Ref: e.Order.Ref})
	return e, wrap(err, "order", order)
}

// errNothing says that there is nothing to change.
var errNothing = errors.New("nothing to change")
