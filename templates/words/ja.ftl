### ページとメールの言葉（日本語）。です・ます調。

## Dates

date_of = { $year }年{ $month }月{ $day }日

# As in "comes on Friday".
weekday = { $weekday ->
    [1] 月
    [2] 火
    [3] 水
    [4] 木
    [5] 金
    [6] 土
   *[7] 日
}

## Every page

skip = 本文へ移動
write_to_us = お問い合わせ
to_home = トップページへ
error = エラー
problem = 問題があります
nameless = このニュースレター
test_link = このリンクはテストメールのものです。読者のリンクはページに書かれたとおりに動きますが、このリンクでは何も変わりません。

## Issues

read_on_web = ウェブで読む
links = リンク
notes = 注
image = 画像
reason = このメールは、{ $address } が { $date } に { $newsletter } の購読を申し込まれたため、お送りしています。
unsubscribe = 購読を解除する
change_preferences = 設定の変更・一時停止
forwarded = 転送されたメールをお読みの方へ
forwarded_link = 登録はこちら
closing = このメールに返信すると、編集部に届きます。お知り合いへの転送も歓迎します。

## Mails of the system

mail_or_open = リンクの全文です。開くことも、コピーすることもできます。
mail_entered = このメールは、{ $newsletter } の購読申し込みページ（{ $host }）にこのアドレスが入力されたため、お送りしています。
mail_confirm_subject = { $newsletter } の購読をご確認ください
mail_confirm_lead = このアドレスで { $newsletter } の購読の申し込みがありました。ご本人であれば、下のリンクから確認してください。
mail_confirm_button = 購読を確認する
mail_confirm_ignore = お心当たりがない場合は、何もしないでください。今後メールは届きません。
mail_already_subject = { $newsletter } はすでに購読されています
mail_already_lead = このアドレスで { $newsletter } の購読の申し込みがありました。すでに購読されているため、変更はありません。
mail_already_change = 設定の変更・購読の解除
mail_already_ignore = お心当たりがない場合は、何もしないでください。
mail_refuse = 心当たりがありません。今後このアドレスに送らない
mail_welcome_subject = { $newsletter } へようこそ
mail_welcome_lead = これから { $newsletter } をお届けします。購読は、各メールの末尾にあるリンクからいつでも解除できます。確実に受信できるよう、差出人のアドレスを連絡先に追加してください。
mail_welcome_latest = 最新号をお届けします。

## Mails to readers about their own subscription

mail_subscriber = このメールは、{ $newsletter }（{ $host }）を購読されているアドレスにお送りしています。
mail_link_subject = { $newsletter } の設定用リンク
mail_link_lead = { $newsletter } の購読設定へのリンクのご請求がありました。設定の変更、休止、解除ができます。
mail_link_button = 購読設定を開く
mail_data_subject = { $newsletter } に登録されているデータ
mail_data_lead = { $newsletter } に登録されているデータの確認または削除のご請求がありました。リンクは1時間有効です。
mail_data_button = データを確認する
mail_stored_lead = { $newsletter } に、このアドレスのリンクのご請求がありました。このアドレスには何も送られていません。下のリンクから、まだ保存されている内容の確認や消去、再購読ができます。
mail_stored_reason = { $host } の { $newsletter } がこのアドレスに関するデータを保存しているため、このメールをお送りしました。
mail_new_address_subject = { $newsletter } の新しいアドレスをご確認ください
mail_new_address_lead = { $newsletter } の配信先をこのアドレスに変更するご請求がありました。ご本人であれば、下のリンクから確認してください。
mail_new_address_button = このアドレスを使う
mail_new_address_reason = このメールは、{ $newsletter }（{ $host }）の新しい配信先としてこのアドレスが入力されたため、お送りしています。
mail_old_address_subject = { $newsletter } の配信先の変更について
mail_old_address_lead = { $newsletter } の配信先を別のアドレスに変更するご請求がありました。新しいアドレスが確認されると変更されます。お心当たりがない場合は、下のリンクから取り消してください。これまでどおりに戻ります。
mail_old_address_button = アドレスを変更しない
mail_old_address_ignore = ご本人の場合は、何もする必要はありません。

## Home

home = ニュースレター
home_lead = どれもメールで届きます。解除はワンクリックです。

## Signup

signup_lead = { $newsletter } をメールで、無料でお届けします。
email_label = メールアドレス
email_hint = ニュースレターの配信だけに使います。
name_label = お名前（任意）
name_hint = ニュースレターでお呼びする名前です。
name_too_long = お名前は{ $count }文字以内で入力してください
name_address = アドレスや電話番号に見えないお名前を入力してください。ピリオドの後には空白を入れてください
name_invisible = 見えない文字を含まないお名前を、手で入力してください
trap_label = この欄は空のままにしてください
subscribe = 購読する
subscribe_again = もう一度購読する
signup_small_print = 確認用のリンクを記したメールをお送りします。どの号にも解除のリンクがあり、ワンクリックで解除できます。
address_empty = メールアドレスを入力してください
address_too_long = メールアドレスが長すぎます。もっと短いものを入力してください
address_wrong = name@example.com のような正しい形式で入力してください
check_heading = メールをご確認ください
check_text = このアドレスにリンクを記したメールをお送りします。最近お送りしたばかりの場合や、お送りできないアドレスの場合は届きません。リンクを開いてボタンを押すと、{ $newsletter } の購読が始まります。リンクは{ $days }日間有効です。
check_nothing_there = 数分たっても届かない場合は、まず迷惑メールフォルダーをご確認ください。以前お送りしたリンクのページからも、新しいリンクを受け取れます。受信箱を守るため、このメールは一つのアドレスにつき一日{ $count }通までです。
address_disposable = 別のアドレスを入力してください。このプロバイダーのメールボックスは使い捨てです
address_no_server = { $domain } のメールサーバーが見つかりません。@ の後をご確認ください
meant_heading = { $address } ではありませんか?
meant_text = 入力されたのは { $address } です。正しいほうをお選びください。
meant_use = { $address } を使う
meant_keep = いいえ、{ $address } のままにする
step_heading = あと一歩です
step_text = 続けるには、ボタンを押してください。
step_work = 現在、申し込みが集中しています。誰かの受信箱がメールであふれないよう、お使いの端末が数秒間計算します。
step_wait = スクリプトなしでも申し込めます。ボタンを押して、最大 { $seconds } 秒お待ちください。
step_button = 続ける
step_working = 少々お待ちください。計算しています…
step_ready = 準備ができました。ボタンを押してください。
check_open = { $provider } を開く
check_again = もう一度送る
check_other = 別のアドレスを使う
check_too_early = メールはまだ届く途中かもしれません。1分ほど待ってから、もう一度お試しください。
check_asked_again = 承りました。いまお送りできるアドレスであれば、もう一通お送りします。
no_mail_heading = いまはメールをお送りしません
no_mail_quota = このアドレスには、短い期間にお送りできる数のメールをすでにお送りしました。いちばん新しいメールのリンクを使うか、数日後にもう一度お試しください。
no_mail_refused = このアドレス宛てのメールを受け取った方から、申し込んでいないとのお知らせがありました。そのため、このようなメールはお送りしていません。そのメールのリンクから取り消せます。
no_mail_suppressed = このアドレスにはメールをお送りできません。戻ってきたか、迷惑とされたメールがありました。ご連絡いただければ、担当者が対応します。

## Not me

refuse_heading = 今後このアドレスに送りませんか?
refuse_text = ボタンを押すと、誰かが当サイトのページにこのアドレスを入力しても、メールは送られません。有効期間は一年で、読者にリンクを送るページにも当てはまります。ご自身で確認された購読はそのまま続きます。
refuse_button = このアドレスに送らない
refused_heading = 今後メールをお送りしません
refused_text = 誰かが当サイトのページにこのアドレスを入力しても、メールは送られません。申し込まれていたものは取り消しました。
refused_undo = 間違いでした。もう一度許可する
allowed_heading = もう一度許可しました
allowed_text = このアドレスの持ち主は、また購読を申し込めます。

## Confirming

confirm_heading = { $newsletter } の購読の確認
confirm_text = ボタンを押すと、{ $newsletter } の次の号からこのアドレスに届きます。
confirm_button = 購読を確認する
confirm_ignore = お心当たりがない場合は、このページを閉じてください。何も送られません。
confirmed_heading = { $newsletter } へようこそ
confirmed_text = 購読が確認されました。次の号からこのアドレスに届きます。
confirmed_contacts = 迷惑メールに入らないよう、{ $address } を連絡先に追加してください。
welcome_next = 購読が始まりました。次の号は{ $month }月{ $day }日（{ weekday }）に届きます。
welcome_latest = それまで最新号をお読みください：{ $title }
already_heading = 購読中です
already_text = このアドレスには { $newsletter } が届きます。ほかに必要な操作はありません。
stale_heading = このリンクは期限切れです
stale_text = { $days }日以上前のものか、その後に変更がありました。新しいリンクはメールで届きます。
stale_button = 新しいリンクを送る

## Leaving

leave_heading = { $newsletter } の購読を解除しますか？
leave_text = すぐに反映されます。
leave_button = 購読を解除する
left_heading = 購読を解除しました
left_text = 完了しました。今後このアドレスに { $newsletter } が届くことはありません。お別れのメールもお送りしません。
absent_heading = 購読されていません
absent_text = このアドレスには何も送られません。
left_on = { $newsletter } の購読を { $date } に解除されました。
ended_on = { $newsletter } の購読は { $date } に終了しました。
left_kept = 古い名簿から再び登録されないよう、アドレスは { $date } まで保存されます。今すぐ消去することもできます。
stored_link = 保存されている内容を確認・消去する
one_click_done = 購読を解除しました。
one_click_unknown = 何も変更していません。これは購読解除の依頼ではありません。このアドレスをブラウザーで開くか、List-Unsubscribe=One-Click を送信してください。
pause_until_label = 休止の終わり
pause_until_hint = その日から再開します。
pause_until_button = この日まで休む
pause_until_wrong = 明日から{ $date }までの日を選んでください
leave_else = ほかの設定を変更する
back_offer = 間違えた場合は、24時間以内なら取り消せます。
back_button = 取り消す
back_heading = 購読を再開しました
back_text = { $newsletter } はこれまでどおりこのアドレスに届きます。
why_heading = 解除の理由
why_hint = 回答は任意です。
why_too_often = メールが多すぎる
why_too_long = 長すぎる
why_not_expected = 思っていた内容と違う
why_never_signed_up = 申し込んだ覚えがない
why_other = その他
why_button = 回答を送る
why_thanks = ご回答ありがとうございました。

## Preferences

preferences_heading = { $newsletter } の購読設定
preferences_active = すべての号が届きます。
preferences_pending = 購読はまだ確認されていません。お送りしたメールのリンクをお開きください。
preferences_paused = 休止しました。
preferences_paused_until = { $date }まで休止中です。それまでは届きません。
preferences_paused_open = 休止中です。再開するまで届きません。
preferences_resumed = 配信を再開しました。
pause_heading = 休止する
pause_text = その間は届きません。期間が過ぎると自動的に再開します。
pause_longer_heading = 休止を延ばす
pause_longer_text = 今日から数えます。
pause_four_weeks = 4週間休む
pause_three_months = 3か月休む
resume_heading = 再開する
resume_text = 次の号から再び届きます。
resume_button = 休止を終える
go_heading = 解除する
go_text = いつでも購読を再開できます。
rename_heading = お名前
rename_label = 新しいお名前
rename_button = お名前を保存する
rename_hint = 登録されているお名前は「{ $initial }」で始まります。新しいお名前は { $newsletter } のメールだけに使われます。削除するには、欄を空のままにしてください。
rename_hint_none = お名前は登録されていません。新しいお名前は { $newsletter } のメールだけに使われます。
rename_saved = お名前を保存しました。{ $newsletter } のメールだけに使われます。
rename_removed = お名前を削除しました。
saved = 保存しました。
choices_heading = 言語と形式
language_label = 言語
language_hint = ページと購読に関するメールの言語です。各号は書かれた言語のまま届きます。
language_default = ニュースレターと同じ
format_label = 形式
format_html = 書式付き（HTML）
format_plain = テキストのみ
choices_button = 選択を保存する
address_heading = アドレス
address_label = 新しいメールアドレス
address_hint = そのアドレスにリンクをお送りします。開くまで何も変わりません。現在のアドレスにもお知らせします。
address_button = アドレスを変更する
address_sent = 新しいアドレスにリンクをお送りします。最近お送りしたばかりの場合や、お送りできないアドレスの場合は届きません。開くまで何も変わりません。
address_settling = アドレスは最近変更されました。{ $date }までは以前のアドレスから元に戻すことができます。その後、また変更できます。
others_heading = ほかのニュースレター
others_text = それぞれ、お送りするリンクで確認します。
others_add = { $newsletter } を購読する
data_heading = あなたのデータ
data_text = 登録されているすべてのデータの確認・削除ができます。リンクをお送りします（1時間有効）。
data_button = リンクを送る
data_sent = リンクをお送りします。一日三通までで、1時間有効です。
data_sent_before = アドレスが最近変更されたため、以前のアドレスにリンクをお送りします。一日三通までで、1時間有効です。

## Another address, the reader’s data, the reader’s link

move_heading = { $newsletter } をこのアドレスで受け取りますか？
move_text = 以後、{ $newsletter } はこちらに届き、以前のアドレスには届きません。
moved_heading = アドレスを変更しました
moved_text = 今後 { $newsletter } はこのアドレスに届きます。
move_stale_text = 期限内に使われなかったか、変更が中止されました。設定ページからもう一度お申し込みください。
stop_heading = アドレスを変更しませんか？
stop_text = お送りしたメールのリンクを使って、{ $newsletter } の配信先を変更するご請求がありました。ボタンを押すと、これまでどおりになります。
stopped_heading = アドレスは変更されません
stopped_text = 別のアドレスには何も送られません。
stop_late_text = ここではもう元に戻せません。お問い合わせいただければ、担当者が対応します。
stop_erased_text = 保存されていた情報はすべて削除されました。取り消すものはもうありません。
data_page_text = 登録されているすべてのデータをJSONファイルでお渡しします。
data_download = データをダウンロードする
erase_heading = すべて削除する
erase_text = アドレス、お名前、購読とその履歴がただちに削除されます。元に戻すことはできません。
erase_sure = はい、すべて削除します
erase_unsure = 先にチェックを入れてください
erased_heading = すべて削除しました
erased_text = 残るのは、ほかの人が再登録できないようにするための、元に戻せない符号だけです。ご自身はいつでも再購読できます。
data_stale_text = リンクは1時間有効で、すべて削除した後は使えません。設定ページから新しいリンクをご請求ください。
link_heading = リンクを受け取る
link_text = どの号にも設定と解除のリンクがあります。お手元にない場合や、もう届かない場合は、リンクをお送りします。
link_hint = 各号が届いていたアドレスです。
link_button = リンクを送る
link_sent = { $newsletter } がこのアドレスを保存していれば、リンクを記したメールをお送りします。最近何通もお送りした場合や、お送りできない場合は届きません。

## Archive

all_issues = すべての号
latest_issues = 最新の号
feed = フィード
search = 検索
search_found = { $count } 件の号が見つかりました
search_found_many = { $count } 件を超える号が見つかりました。新しいものから表示します
search_none = 見つかりませんでした
archive_empty = まだ配信された号はありません。
years = 年
newer_issues = 新しい号
older_issues = 古い号
other_issues = 前後の号
previous_issue = 前の号
next_issue = 次の号
corrected_on = { $date }に訂正しました。
reading_time = 読了目安 { $minutes } 分

## Privacy

privacy = プライバシー
privacy_lead = { $newsletter } が読者について保存するもの、その期間、そして行わないこと。
privacy_sender = 配信者
privacy_stored = 保存するもの
privacy_stored_address = メールアドレスと、ご記入いただいた名前・言語・設定。ご希望のものをお届けするためです。
privacy_stored_consent = 申し込み・確認・休止・解除の日時、表示した文面、申し込み元のネットワーク（アドレスの末尾は切り捨てます）。同意の証拠とするためです。
privacy_stored_delivery = 各号が届いたかどうか。届かなかったときは、メールサーバーの応答。
privacy_stored_refusal = 受信が拒否されたとき、または二度と受け取りたくないとのご希望のとき：アドレスの指紋。そこからアドレスを読み取ることはできません。送らないために使います。
privacy_kept = 保存期間
privacy_kept_text = 購読中はデータを保存します。すべての消去をいつでもご請求いただけます。それ以外の保存期間は次のとおりです。
for_days = { $days ->
    [0] 期限なし
   *[other] { $days } 日間
}
privacy_kept_unconfirmed = 確認されなかったお申し込み：{ for_days }。
privacy_kept_left = 解除後のアドレスとお名前：{ for_days }。その後は、アドレスに戻すことのできない識別値だけを残し、古い名簿から再び登録されるのを防ぎます。
privacy_kept_consents = 解除後の同意の記録：{ for_days }。最後の期間はこの識別値だけで保存します。
privacy_kept_networks = お申し込み元のネットワーク：{ for_days }。
privacy_kept_delivery = 各号が届いたかどうか：{ for_days }。その後は、届かなかった方の記録だけを残します。
privacy_kept_erased = 消去後に残るのは、アドレスの識別値だけです。バックアップには、その保存期間が終わるまでデータが残ります。
privacy_not = 行わないこと
privacy_not_opened = 号を開いたかどうかは誰にも知られません。隠し画像は入っていません。
privacy_not_clicked = 号の中のリンクは表示どおりの場所へ直接つながります。クリックは数えません。
privacy_not_cookies = このサイトのページは Cookie を使わず、ほかのサイトから何も読み込みません。
privacy_pictures = メールソフトが号の画像を表示するとき、このサイトから取得します。誰が取得したかは記録しません。
privacy_others = ほかに見る者
privacy_others_text = メールは { $relays } を経て、お使いのメールサービスへ届きます。それ以外の誰にもアドレスは渡りません。
privacy_rights = できること
privacy_rights_text = 設定ページへのリンクは各号の末尾にあります。休止、解除、保存内容の確認と変更、ダウンロード、消去ができます。
privacy_controller = 個人情報の管理者は、{ $publisher } です。個人情報に関するお問い合わせは { $address } までお願いいたします。
privacy_basis = 法的根拠
privacy_basis_text = ニュースレターは、ご本人の同意に基づいてお送りします（適用される場合、GDPR第6条1項(a)）。
privacy_basis_kept = 同意の記録と、お送りしてはならないアドレスの識別値は、正当な利益に基づいて保存します（同(f)）。
privacy_withdraw = 同意は、各号にある配信停止のリンクからいつでも撤回できます。撤回前の取り扱いは適法のままです。
privacy_complain = 個人情報の保護を担当する監督機関に、苦情を申し立てることができます。

## Troubles

trouble_not_found = ページが見つかりません
trouble_not_found_text = アドレスの入力が違うか、ページがなくなっています。
trouble_link = このリンクは使えません
trouble_link_text = メールのリンクが最後の文字までアドレス欄に入っているかご確認ください。
trouble_not_understood = 内容を読み取れませんでした
trouble_method_text = このアドレスはそのようには使えません。
trouble_unreadable_text = 送られた内容は、このサイトのフォームのものではありません。
trouble_too_large = 長すぎます
trouble_too_large_text = 送られた内容は、このサイトのどのフォームよりも大きいものです。
trouble_too_many = しばらくお待ちください
trouble_too_many_text = リクエストが集中しました。1時間後にもう一度お試しください。
trouble_busy = 1分後にもう一度お試しください
trouble_busy_text = ただいまサーバーに保存できません。何も変更されていません。
trouble_broken = 問題が発生しました
trouble_broken_text = 原因はこちら側にあり、記録されました。
