package web_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/errs"
	"github.com/stoa-go/stoa/internal/web"
)

type level string

// UnmarshalText accepts two levels.
func (l *level) UnmarshalText(text []byte) error {
	switch *l = level(text); *l {
	case "low", "high":
		return nil
	case "odd":
		return errs.Say(errs.Invalid, "error.field.choice", map[string]any{"choices": "low, high"})
	}
	return errors.New("no such level")
}

type common struct {
	Title string `json:"title"`
	Key   int    `json:"id"` // not seen behind the other id
}

type item struct {
	Price int8    `json:"price"`
	Ratio float32 `json:"ratio"`
}

type wire struct {
	common
	Count  int64             `json:"count"`
	Small  uint8             `json:"small"`
	On     bool              `json:"on"`
	Items  []item            `json:"items"`
	Labels map[string]string `json:"labels"`
	Inner  *item             `json:"inner"`
	At     time.Time         `json:"at"`
	Level  level             `json:"level"`
	Blob   []byte            `json:"blob"`
	Any    any               `json:"any"`
	Raw    json.RawMessage   `json:"raw"`
	Quoted int               `json:"quoted,string"`
	Pair   [2]int            `json:"pair"`
	Hidden string            `json:"-"`
	secret string            //nolint:unused // must not be settable
	Plain  string
	ID     string `json:"id"`
}

func decode[T any](body, kind string) (T, error) {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	return web.Decode[T](httptest.NewRecorder(), r, 0)
}

func TestDecode(t *testing.T) {
	got, err := decode[wire](` {"title":"T\u00e9\ud83d\udd25\n","count":-9223372036854775808,"small":255,"on":true,"items":[{"price":-128,"ratio":1e-3},{}],
		"labels":{"a":"b","A":"c"},"inner":{"price":1},"at":"2026-11-21T10:00:00Z","level":"low","blob":"AQI=","any":{"x":[null,1.5]},"raw":[1,{"a":2}],"quoted":"7","pair":[1,2],"Plain":"p"} `, "application/json")
	require.NoError(t, err)
	require.Equal(t, wire{
		common: common{Title: "Té🔥\n"}, Count: math.MinInt64, Small: 255, On: true, Items: []item{{-128, 1e-3}, {}},
		Labels: map[string]string{"a": "b", "A": "c"}, Inner: &item{Price: 1}, At: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC),
		Level: "low", Blob: []byte{1, 2}, Any: map[string]any{"x": []any{nil, 1.5}}, Raw: json.RawMessage(`[1,{"a":2}]`), Quoted: 7, Pair: [2]int{1, 2}, Plain: "p",
	}, got)

	got, err = decode[wire](`{"items":null,"labels":null,"inner":null,"any":null}`, "application/json;charset=utf-8")
	require.NoError(t, err)
	require.Equal(t, wire{}, got)

	list, err := decode[[]int](`[1,2]`, "application/json")
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, list)
}

func TestDecodeNamesTheFault(t *testing.T) {
	for body, want := range map[string]map[string]string{
		`{"title":1}`:                   {"title": "want_text"},
		`{"title":null}`:                {"title": "null"},
		`{"count":"1"}`:                 {"count": "want_integer"},
		`{"count":1.0}`:                 {"count": "want_integer"},
		`{"count":1e3}`:                 {"count": "want_integer"},
		`{"count":9223372036854775808}`: {"count": "range"},
		`{"small":256}`:                 {"small": "range"},
		`{"small":-1}`:                  {"small": "range"},
		`{"small":` + strings.Repeat("9", 1e5) + `}`: {"small": "range"},
		`{"on":1}`:                              {"on": "want_boolean"},
		`{"on":"true"}`:                         {"on": "want_boolean"},
		`{"items":{}}`:                          {"items": "want_list"},
		`{"items":[{"price":1},{"price":128}]}`: {"items[1].price": "range"},
		`{"items":[{"ratio":1e39}]}`:            {"items[0].ratio": "range"},
		`{"items":[1,"x"]}`:                     {"items[0]": "want_object", "items[1]": "want_object"},
		`{"items":[null]}`:                      {"items[0]": "null"},
		`{"inner":[]}`:                          {"inner": "want_object"},
		`{"inner":{"prize":1}}`:                 {"inner.prize": "unknown"},
		`{"labels":{"a":1}}`:                    {"labels.a": "want_text"},
		`{"labels":{"a":"1","\u0061":"2"}}`:     {"labels.a": "repeated"},
		`{"title":"a","title":"b"}`:             {"title": "repeated"},
		`{"title":"a","titl\u0065":"b"}`:        {"title": "repeated"},
		`{"Title":"a"}`:                         {"Title": "unknown"},
		`{"TITLE":"a","title":"b"}`:             {"TITLE": "unknown"},
		`{"pla\u0131n":"a"}`:                    {"plaın": "unknown"},
		`{"plain":"a"}`:                         {"plain": "unknown"},
		`{"secret":"a"}`:                        {"secret": "unknown"},
		`{"id":7}`:                              {"id": "want_text"},
		`{"hidden":"a","Hidden":"b","-":"c"}`:   {"hidden": "unknown", "Hidden": "unknown", "-": "unknown"},
		`{"common":{"title":"x"}}`:              {"common": "unknown"},
		`{"":1}`:                                {"": "unknown"},
		`{"at":"yesterday"}`:                    {"at": "format"},
		`{"at":1}`:                              {"at": "format"},
		`{"level":"none"}`:                      {"level": "format"},
		`{"level":"odd"}`:                       {"level": "choice"},
		`{"level":{"a":1,"a":2}}`:               {"level.a": "repeated", "level": "format"},
		`{"blob":"?"}`:                          {"blob": "format"},
		`{"blob":[1]}`:                          {"blob": "want_text"},
		`{"any":{"a":{"b":1,"b":2}}}`:           {"any.a.b": "repeated"},
		`{"raw":{"b":1,"b":2}}`:                 {"raw.b": "repeated"},
		`{"any":1e400}`:                         {"any": "range"},
		`{"pair":[1,2,3]}`:                      {"pair[2]": "range"},
		`[]`:                                    {"": "want_object"},
		`"x"`:                                   {"": "want_object"},
		`null`:                                  {"": "null"},
		`{"title":1,"count":"x","odd":1}`:       {"title": "want_text", "count": "want_integer", "odd": "unknown"},
	} {
		_, err := decode[wire](body, "application/json")
		var f errs.Fields
		require.ErrorAs(t, err, &f, "%.100s", body)
		got := map[string]string{}
		for name, m := range f {
			got[name] = strings.TrimPrefix(m.Key, "error.field.")
		}
		require.Equal(t, want, got, "%.100s", body)
	}
}

func TestDecodeRefusesBrokenBodies(t *testing.T) {
	deep := func(n int) string { return `{"any":` + strings.Repeat("[", n) + strings.Repeat("]", n) + `}` }
	_, err := decode[wire](deep(31), "application/json")
	require.NoError(t, err)
	for name, body := range map[string]string{
		"empty": "", "space": " ", "cut": `{"title":"a"`, "cut string": `{"title":"a`, "cut escape": `{"title":"\`, "cut unicode": `{"title":"\u00`,
		"two values": `{} {}`, "text behind": `{}x`, "NUL behind": "{}\x00", "comma": `{"title":"a",}`, "list comma": `{"items":[{},]}`, "two commas": `{"items":[{},,{}]}`,
		"no colon": `{"title" "a"}`, "no quotes": `{title:"a"}`, "single quotes": `{'title':'a'}`, "comment": `{/**/}`, "BOM": "\ufeff{}",
		"bare control": "{\"title\":\"a\nb\"}", "bad escape": `{"title":"\x41"}`, "NUL escape": "{\"title\":\"\\\x00\"}", "half a pair": `{"title":"\ud83d"}`, "other half": `{"title":"\udd25"}`, "two halves": `{"title":"\ud83d\ud83d"}`, "half and letter": `{"title":"\ud83dx"}`,
		"invalid UTF-8": "{\"title\":\"\xff\"}", "overlong": "{\"title\":\"\xc0\xaf\"}", "invalid in a name": "{\"t\xff\":1}", "UTF-16": "\xff\xfe{\x00}\x00",
		"plus": `{"count":+1}`, "zeros": `{"count":01}`, "dot": `{"count":1.}`, "dot first": `{"count":.1}`, "exponent": `{"count":1e}`, "hex": `{"count":0x1}`, "NaN": `{"any":NaN}`, "infinity": `{"any":-Infinity}`, "minus": `{"count":-}`,
		"wrong word": `{"on":tru}`, "long word": `{"on":trueish}`, "upper word": `{"on":TRUE}`, "nul": `{"any":nul}`,
		"33 deep": deep(33), "10,000 deep": deep(10_000), "100,000 open": strings.Repeat("[", 100_000), "100,000 open objects": strings.Repeat(`{"any":`, 100_000),
	} {
		start := time.Now()
		_, err := decode[wire](body, "application/json")
		require.ErrorIs(t, err, errs.Invalid, name)
		require.NotErrorIs(t, err, web.ErrTooLarge, name)
		require.Less(t, time.Since(start), time.Second, name)
	}
}

func TestAdv_100_DecodeRefusesFloods(t *testing.T) {
	var keys bytes.Buffer
	for i := range 1_000_000 {
		keys.WriteString(`"k` + string(rune('a'+i%26)) + strings.Repeat("x", i%7) + `":1,`)
	}
	small, big := `{"labels":{`+keys.String()[:900_000], `{`+keys.String()+`"z":1}`
	_, err := decode[wire](big, "application/json")
	require.ErrorIs(t, err, web.ErrTooLarge, "a million keys are more than the body may have")
	_, err = decode[wire](small, "application/json")
	require.ErrorIs(t, err, errs.Invalid)
	var f errs.Fields
	require.ErrorAs(t, err, &f)
	require.LessOrEqual(t, len(f), 20, "and nobody is told about all of them")

	_, err = decode[any]("["+strings.Repeat("1,", 100_000)+"1]", "application/json")
	require.ErrorIs(t, err, web.ErrTooLarge)
	_, err = decode[map[string]any](`{"`+strings.Repeat("é", 1000)+`":{"a":1,"a":2}}`, "application/json")
	require.ErrorAs(t, err, &f)
	for name := range f {
		require.LessOrEqual(t, len(name), 200)
		require.True(t, utf8.ValidString(name))
	}
}

func TestDecodeFindsRepeatedNamesInLargeObjects(t *testing.T) {
	for _, n := range []int{2, 15, 16, 17, 18, 40, 400} {
		for _, at := range []int{0, n / 2, n - 1} {
			body := `{`
			for i := range n {
				body += fmt.Sprintf(`"k%d":1,`, i)
			}
			_, err := decode[map[string]int](body+`"z":1}`, "application/json")
			require.NoError(t, err)
			name := fmt.Sprintf("k%d", at)
			_, err = decode[map[string]int](body+`"`+name+`":1}`, "application/json")
			require.Equal(t, errs.Fields{name: {Key: "error.field.repeated"}}, err)
		}
	}
}

func TestDecodeReadsJSONOnly(t *testing.T) {
	for kind, ok := range map[string]bool{
		"application/json": true, "application/json; charset=utf-8": true, "Application/JSON;charset=\"UTF-8\"": true,
		"": false, "text/json": false, "text/plain": false, "application/x-www-form-urlencoded": false, "multipart/form-data": false,
		"application/json; charset=utf-16": false, "application/json; charset=latin1": false, "application/jsonp": false, "application/json, text/html": false, "application/merge-patch+json": false,
	} {
		_, err := decode[wire](`{}`, kind)
		if ok {
			require.NoError(t, err, kind)
		} else {
			require.ErrorIs(t, err, web.ErrMediaType, kind)
		}
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Content-Encoding", "gzip")
	_, err := web.Decode[wire](httptest.NewRecorder(), r, 0)
	require.ErrorIs(t, err, web.ErrMediaType)
	r.Header = http.Header{"Content-Type": {"application/json", "text/plain"}}
	_, err = web.Decode[wire](httptest.NewRecorder(), r, 0)
	require.ErrorIs(t, err, web.ErrMediaType)
}

func TestDecodeCapsTheBody(t *testing.T) {
	body := `{"title":"` + strings.Repeat("a", 100) + `"}`
	for name, length := range map[string]int64{"announced": int64(len(body)), "not announced": -1, "a lie": 10} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.ContentLength = length
		_, err := web.Decode[wire](httptest.NewRecorder(), r, 50)
		require.ErrorIs(t, err, web.ErrTooLarge, name)
		require.Equal(t, http.StatusRequestEntityTooLarge, web.Status(err))
	}
}

func TestWhatIsAnnouncedTooLargeIsNotRead(t *testing.T) {
	read := errors.New("read")
	r := httptest.NewRequest("POST", "/", failingBody{read})
	r.Header.Set("Content-Type", "application/json")
	r.ContentLength = 51
	w := httptest.NewRecorder()
	_, err := web.Decode[wire](w, r, 50)
	require.ErrorIs(t, err, web.ErrTooLarge)
	require.NotErrorIs(t, err, read)
	require.Equal(t, "close", w.Header().Get("Connection"))
}

type failingBody struct{ err error }

func (f failingBody) Read([]byte) (int, error) { return 0, f.err }

func TestDecodeOfABodyThatBreaksOff(t *testing.T) {
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`{"title":`), failingBody{io.ErrUnexpectedEOF}))
	r.Header.Set("Content-Type", "application/json")
	_, err := web.Decode[wire](httptest.NewRecorder(), r, 0)
	require.ErrorIs(t, err, errs.Invalid)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// What is accepted must be exactly what the standard decoder understands, and
// the other way round but for the limits and rules that are ours.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"title":"a"}`, `[1,2.5e3,-0]`, `{"a":{"a":1}}`, `{"a":1,"a":2}`, `"\ud83d\udd25"`, `null`, `1e999`, `{"items":[{"price":1}]}`, ` true `, `"\u0000"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		got, err := decode[any](body, "application/json")
		if err == nil {
			var want any
			require.NoError(t, json.Unmarshal([]byte(body), &want))
			require.Equal(t, want, got)
		} else if json.Valid([]byte(body)) && utf8.ValidString(body) {
			explained := errors.As(err, new(errs.Fields)) || errors.Is(err, web.ErrTooLarge) || strings.Contains(err.Error(), "nesting") || strings.Contains(strings.ToLower(body), `\ud`)
			require.True(t, explained, "%v", err)
		}
		typed, err := decode[wire](body, "application/json")
		if err == nil {
			d := json.NewDecoder(strings.NewReader(body))
			d.DisallowUnknownFields()
			var want wire
			require.NoError(t, d.Decode(&want))
			require.True(t, reflect.DeepEqual(want, typed))
		}
	})
}

// Twice the input may not take much more than twice the time, whatever is in it.
func TestAdv_101_DecodeGrowsWithItsInput(t *testing.T) {
	inputs := map[string]func(n int) string{
		"many names":   func(n int) string { return distinct(n) },
		"one string":   func(n int) string { return `"` + strings.Repeat("a", 40*n) + `"` },
		"escapes":      func(n int) string { return `"` + strings.Repeat(`\u00e9`, 10*n) + `"` },
		"numbers":      func(n int) string { return `[` + strings.Repeat("123456,", n) + `1]` },
		"space":        func(n int) string { return strings.Repeat(" ", 50*n) + `1` },
		"one number":   func(n int) string { return strings.Repeat("9", 50*n) },
		"faults":       func(n int) string { return `{` + strings.Repeat(`"a":1,`, n) + `"a":1}` },
		"broken end":   func(n int) string { return `[` + strings.Repeat(`"a",`, n) },
		"deep and cut": func(n int) string { return strings.Repeat("[", n) },
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			one, two := input(4_000), input(8_000)
			ratio := math.Inf(1)
			for range 10 { // the machine may be busy; growth shows in every round
				if ratio <= 2.5 {
					break
				}
				ratio = min(ratio, float64(fastest(two))/float64(fastest(one)))
			}
			require.LessOrEqual(t, ratio, 2.5)
		})
	}
}

func distinct(n int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		b.WriteString(`"` + strings.Repeat("k", 3) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26)) + `":1,`)
	}
	return b.String() + `"z":1}`
}

func fastest(body string) time.Duration {
	best := time.Duration(math.MaxInt64)
	for range 5 {
		start := time.Now()
		_, _ = decode[any](body, "application/json")
		best = min(best, time.Since(start))
	}
	return best
}
