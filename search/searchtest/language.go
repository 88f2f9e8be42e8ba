package searchtest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/search"
)

// bilingual is a help centre of which only a part is translated.
var bilingual = map[string][]search.Document{
	"ja": {
		document("a/setup", "Wi-Fi の設定方法", "設定を開いて、ネットワークを選びます。Wi-Fi のパスワードを入力してから、接続を押してください。", locale("ja")),
		document("a/offline", "Wi-Fi につながらないとき", "ルーターを再起動してください。しばらく待ってから、ハブの Wi-Fi のランプを確認します。", locale("ja")),
		document("a/lamp", "ランプの色", "緑色は正常です。赤色は Wi-Fi につながっていないことを示します。", locale("ja")),
	},
	"ar": {
		document("a/setup", "إعداد Wi-Fi على الموزع", "افتح الإعدادات واختر الشبكة ثم أدخل كلمة مرور Wi-Fi واضغط على اتصال.", locale("ar")),
		document("a/offline", "تعذر الاتصال بشبكة Wi-Fi", "أعد تشغيل جهاز التوجيه وانتظر قليلا ثم تحقق من مصباح Wi-Fi على الموزع.", locale("ar")),
		document("a/lamp", "ألوان المصباح", "اللون الأخضر يعني أن كل شيء على ما يرام والأحمر يعني أنه لا يوجد اتصال Wi-Fi.", locale("ar")),
	},
}

func checkOwnLanguage(t testing.TB, open func() search.Index) {
	for tag, own := range bilingual {
		x := open()
		apply(t, x, own...)
		apply(t, x,
			document("a/choose", "Choose Wi-Fi", "Open the Wi-Fi settings and choose a Wi-Fi network.", locale("en", tag)),
			document("a/extend", "Wi-Fi range", "Wi-Fi does not reach everywhere. Move the Wi-Fi router.", locale("en", tag)),
			document("a/serial", "Serial number of the Wi-Fi adapter", "The serial number is on the Wi-Fi adapter.", locale("en", tag)))
		in := func(tag string) func(*search.Request) { return func(r *search.Request) { r.Locale = tag } }
		found := groups(ask(t, x, "Wi-Fi", in(tag)))
		require.Len(t, found, 6)
		require.ElementsMatch(t, []string{"a/setup", "a/offline"}, found[:2], "%s: %v", tag, found)
		require.Equal(t, "a/serial", groups(ask(t, x, "Wi-Fi adapter serial number", in(tag)))[0], tag)
		for _, s := range suggest(t, x, "wi", tag, 2) {
			require.Equal(t, tag, s.Locale)
		}
		require.Len(t, suggest(t, x, "wi", tag, 10), 5)
	}
}
