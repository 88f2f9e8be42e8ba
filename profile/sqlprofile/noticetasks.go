package sqlprofile

import (
	"context"
	"encoding/json"

	"github.com/jmoiron/sqlx"

	"github.com/stoa-go/stoa/internal/cursor"
	"github.com/stoa-go/stoa/internal/sqldb"
	"github.com/stoa-go/stoa/profile"
)

// removeTasks forgets tasks with the notices that they are about. Those that
// somebody is at stay: how that ends is written down.
func removeTasks(ctx context.Context, tx sqlx.ExtContext, q profile.NoticeRemoval) error {
	if q.Person == "" {
		return dropTasks(ctx, tx, doneBefore(q))
	}
	lane := `'/' || destination || '/' like ? escape '\'`
	w := noticeTasks().And(`lease = ''`).And(lane, "%/"+sqldb.EscapeLike(q.Person)+"/%")
	if !q.Before.IsZero() {
		return dropTasks(ctx, tx, w.And(`coalesce(done_at, created_at) < ?`, sqldb.At(q.Before)))
	}
	if err := dropTasks(ctx, tx, w); err != nil {
		return err
	}
	return forgetInTasks(ctx, tx, q.Person)
}

func noticeTasks() *sqldb.Where { return sqldb.NewWhere().And(`kind = ?`, noticeTask) }

func doneBefore(q profile.NoticeRemoval) *sqldb.Where {
	return noticeTasks().And(`lease = '' and status <> 'pending' and coalesce(done_at, created_at) < ?`, sqldb.At(q.Before))
}

func dropTasks(ctx context.Context, tx sqlx.ExtContext, w *sqldb.Where) error {
	for _, text := range []string{
		`delete from stoa_outbox_attempt where seq in (select seq from stoa_outbox ` + w.String() + `)`,
		`delete from stoa_outbox ` + w.String(),
	} {
		if _, err := sqldb.Exec(ctx, tx, text, w.Args()...); err != nil {
			return err
		}
	}
	return nil
}

// forgetInTasks takes a person out of the tasks of others: those that are done
// go, and those that wait go on without them.
func forgetInTasks(ctx context.Context, tx sqlx.ExtContext, person string) error {
	quoted, err := json.Marshal(person)
	if err != nil {
		return err
	}
	// A page of followers goes on after the one whom its position names.
	inText, inPlace := "%"+sqldb.EscapeLike(string(quoted))+"%", "%"+sqldb.EscapeLike(`"`+cursor.Encode(person)+`"`)+"%"
	w := noticeTasks().And(`(payload like ? escape '\' or payload like ? escape '\')`, inText, inPlace)
	var rows []namingTask
	if err := sqldb.Select(ctx, tx, &rows, `select seq, status, lease, payload from stoa_outbox `+w.String(), w.Args()...); err != nil {
		return err
	}
	for _, r := range rows {
		if err := r.forget(ctx, tx, person); err != nil {
			return err
		}
	}
	return forgetInErrors(ctx, tx, inText)
}

// A namingTask is a task whose payload has the ID of a person, perhaps as a value.
type namingTask struct {
	Seq                    int64
	Status, Lease, Payload string
}

func (r namingTask) forget(ctx context.Context, tx sqlx.ExtContext, person string) error {
	task, named := profile.NoticeTask{Payload: json.RawMessage(r.Payload)}.Without(person)
	_, placed := profile.NoticeTask{Payload: task.Payload}.Without(cursor.Encode(person))
	switch done := r.Lease == "" && r.Status != "pending"; {
	case done && (named || placed):
		return dropTasks(ctx, tx, noticeTasks().And(`seq = ?`, r.Seq))
	case named:
		_, err := sqldb.Exec(ctx, tx, `update stoa_outbox set payload = $1 where seq = $2`, string(task.Payload), r.Seq)
		return err
	}
	return nil
}

// forgetInErrors drops what went wrong where it was about a person.
func forgetInErrors(ctx context.Context, tx sqlx.ExtContext, like string) error {
	for _, text := range []string{
		`update stoa_outbox set last_error = '' where kind = $1 and last_error like $2 escape '\'`,
		`update stoa_outbox_attempt set error = '' where error like $2 escape '\' and seq in (select seq from stoa_outbox where kind = $1)`,
	} {
		if _, err := sqldb.Exec(ctx, tx, text, noticeTask, like); err != nil {
			return err
		}
	}
	return nil
}
