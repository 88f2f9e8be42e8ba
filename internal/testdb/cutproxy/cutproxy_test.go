package cutproxy_test

import (
	"bufio"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/stoa-go/stoa/internal/testdb/cutproxy"
)

// echo answers each line with itself and counts them.
func echo(t *testing.T) (addr string, lines <-chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	got := make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for s := bufio.NewScanner(c); s.Scan(); {
					got <- s.Text()
					_, _ = io.WriteString(c, s.Text()+"\n")
				}
			}()
		}
	}()
	return l.Addr().String(), got
}

func TestProxy(t *testing.T) {
	before := goleak.IgnoreCurrent()
	server, lines := echo(t)
	p, err := cutproxy.Start(server)
	require.NoError(t, err)
	ask := func(line string) (string, error) {
		c, err := net.Dial("tcp", p.Addr())
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, line+"\n")
		require.NoError(t, err)
		return bufio.NewReader(c).ReadString('\n')
	}

	answer, err := ask("commit")
	require.NoError(t, err, "nothing is cut until it is armed")
	require.Equal(t, "commit\n", answer)
	require.Equal(t, "commit", <-lines)

	p.Cut(cutproxy.After, "COMMIT")
	_, err = ask("insert")
	require.NoError(t, err)
	require.Equal(t, "insert", <-lines)
	_, err = ask("Commit")
	require.Error(t, err)
	require.Equal(t, "Commit", <-lines, "the server got it")

	p.Cut(cutproxy.Before, "COMMIT")
	_, err = ask("commit")
	require.Error(t, err)
	_, err = ask("commit")
	require.NoError(t, err, "once")
	require.Equal(t, "commit", <-lines)
	require.Empty(t, lines, "the server did not get it")
	require.Equal(t, 2, p.Cuts())
	require.NoError(t, p.Close())
	goleak.VerifyNone(t, before, goleak.IgnoreAnyFunction("github.com/stoa-go/stoa/internal/testdb/cutproxy_test.echo.func2"))
}
