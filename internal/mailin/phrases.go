package mailin

import (
	"regexp"
	"slices"
	"strings"
)

// What mail programs write around what people do, in the languages that ours are
// written in and some more.

// wrote ends the line over a quote.
var wrote = []string{
	"wrote", "writes", "schrieb", "a écrit", "écrit", "écrivit", "escribió", "escribio", "escreveu", "ha scritto", "scrisse", "schreef", "geschreven",
	"skrev", "kirjoitti", "napisał", "napisał(a)", "napisała", "написал", "написал(а)", "написала", "пишет", "napsal", "napsal(a)", "yazdı", "のメール", "のメッセージ",
	"さんは書きました", "は書きました", "写道", "寫道", "님이 작성", "כתב", "كتب", "كتبت", "كتبه", "نوشت",
}

// original stands, between dashes, over the mail that is answered.
var originals = []string{
	"original message", "original appointment", "ursprüngliche nachricht", "originalnachricht", "message d'origine", "message original", "mensaje original", "mensagem original",
	"messaggio originale", "oorspronkelijk bericht", "originalmeddelande", "oprindelig meddelelse", "исходное сообщение", "wiadomość oryginalna",
	"元のメッセージ", "元のメール", "原始邮件", "原始郵件", "원본 메시지", "الرسالة الأصلية", "הודעה מקורית", "reply message",
}

// forwardedOver stands over a mail that is passed on.
var forwardedOver = []string{
	"forwarded message", "begin forwarded message", "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht", "message transféré", "message réexpédié",
	"début du message réexpédié", "début du message transféré", "mensaje reenviado", "inicio del mensaje reenviado", "mensagem encaminhada", "messaggio inoltrato",
	"doorgestuurd bericht", "пересылаемое сообщение", "转发的邮件", "転送されたメッセージ", "転送メール", "転送メッセージ", "forwarded by", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها",
	"بدء الرسالة المعاد توجيهها", "رسالة محولة",
}

// forwardedAs begins the subject of a mail that is passed on.
var forwardedAs = []string{"fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", "i:", "转发:", "转发：", "転送:", "転送：", "إعادة توجيه:"}

// labels are those of the header that is written over a mail, by what they name.
var labels = map[string][]string{
	"from": {"from", "von", "de", "da", "van", "från", "fra", "od", "от", "от кого", "差出人", "送信者", "发件人", "寄件者", "보낸 사람", "من", "מאת", "kimden"},
	"date": {"date", "sent", "datum", "gesendet", "gesendet am", "date d'envoi", "envoyé", "envoyé le", "fecha", "enviado", "enviado el", "enviada em", "data", "inviato", "verzonden", "skickat", "sendt",
		"wysłano", "дата", "отправлено", "送信日時", "日付", "日時", "送信", "发送时间", "发送日期", "日期", "보낸 날짜", "التاريخ", "تاريخ الإرسال", "تم الإرسال", "أُرسلت", "gönderildi"},
	"to":      {"to", "an", "à", "para", "a", "aan", "till", "til", "do", "кому", "宛先", "收件人", "받는 사람", "إلى", "אל", "kime"},
	"subject": {"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "temat", "тема", "件名", "主题", "主旨", "제목", "الموضوع", "נושא", "konu"},
	"cc":      {"cc", "kopie", "kopie (cc)", "copie à", "copia", "копия", "抄送", "نسخة", "نسخة إلى", "reply-to", "antwort an", "répondre à", "responder a", "返信先", "importance", "attachments", "anlagen", "organization"},
}

// sentFrom are lines that a program adds below what was written.
var sentFrom = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^sent (from|via|with|using|by) [^.,!?]{1,60}(\(https?:\S+\))?$`),
	regexp.MustCompile(`(?i)^(von|aus|mit) .{1,60} (gesendet|versendet)\.?$`),
	regexp.MustCompile(`(?i)^gesendet (von|mit|aus) [^,!?]{1,60}$`),
	regexp.MustCompile(`(?i)^(envoyé|expédié) (de|depuis|à partir de|avec|via) [^,!?]{1,60}$`),
	regexp.MustCompile(`(?i)^enviad[oa] (desde|do|de|con|a partir) [^,!?]{1,60}$`),
	regexp.MustCompile(`(?i)^(inviato|verzonden|verstuurd|skickat|sendt|wysłano|отправлено) (da|vanaf|vanuit|från|fra|z|с|из) [^,!?]{1,60}$`),
	regexp.MustCompile(`(?i)^.{1,40}から送信(されました)?。?$`),
	regexp.MustCompile(`^(发自|發自|傳送自|从我的).{1,40}$`),
	regexp.MustCompile(`^(أُرسلت|أرسلت|تم الإرسال|مُرسل|مرسل) (من|من الـ|بواسطة).{1,60}$`),
	regexp.MustCompile(`(?i)^(get|download|holen sie sich|téléchargez|télécharger|obtener|descargar|obtén) outlook .{1,60}$`),
	regexp.MustCompile(`(?i)^outlook (for|für|pour|para|voor) (ios|android|mac).{0,60}$`),
	regexp.MustCompile(`(?i)^(ios|android)用outlook.{0,60}$`),
	regexp.MustCompile(`(?i)^diese nachricht wurde (von|mit) .{1,60} gesendet\.?$`),
}

// regards are words before a name.
var regards = []string{
	"thanks", "thank you", "many thanks", "thanks a lot", "regards", "best", "best regards", "kind regards", "cheers", "sincerely", "yours", "mit freundlichen grüßen", "viele grüße",
	"beste grüße", "liebe grüße", "danke", "cordialement", "bien cordialement", "merci", "saludos", "un saludo", "gracias", "atentamente", "よろしくお願いします", "よろしくお願いいたします",
	"مع التحية", "شكرا", "تحياتي", "с уважением",
}

// named finds which of the names a text is, without regard to capitals.
func named(text string, names []string) bool {
	return slices.Contains(names, strings.ToLower(strings.TrimSpace(text)))
}

// forwards reports whether a subject is that of a mail that is passed on.
func forwards(subject string) bool {
	subject = strings.ToLower(strings.TrimSpace(subject))
	return slices.ContainsFunc(forwardedAs, func(p string) bool { return strings.HasPrefix(subject, p) })
}
