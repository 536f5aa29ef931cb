### كلمات الصفحات والرسائل بالعربية. الأرقام لاتينية كما في أسماء الرسائل وعناوينها.

## Dates

month = { $month ->
    [1] يناير
    [2] فبراير
    [3] مارس
    [4] أبريل
    [5] مايو
    [6] يونيو
    [7] يوليو
    [8] أغسطس
    [9] سبتمبر
    [10] أكتوبر
    [11] نوفمبر
   *[12] ديسمبر
}
date_of = { $day } { month } { $year }

# As in "comes on Friday".
weekday = { $weekday ->
    [1] الاثنين
    [2] الثلاثاء
    [3] الأربعاء
    [4] الخميس
    [5] الجمعة
    [6] السبت
   *[7] الأحد
}

## Every page

skip = انتقل إلى النص
write_to_us = راسلنا
to_home = إلى الصفحة الرئيسية
error = خطأ
problem = هناك مشكلة
nameless = هذه النشرة
test_link = هذا الرابط من رسالة تجريبية. رابط القارئ يفعل ما تقوله الصفحة، أما هذا فلا يغيّر شيئًا.

## Issues

read_on_web = اقرأ على الويب
links = الروابط
notes = الهوامش
image = صورة
reason = تصلك هذه الرسالة لأن { $address } مشترك في { $newsletter } منذ { $date }.
unsubscribe = إلغاء الاشتراك
change_preferences = تغيير التفضيلات أو الإيقاف المؤقت
forwarded = هل أُعيد توجيه هذه الرسالة إليك؟
forwarded_link = الاشتراك من هنا
closing = للكتابة إلينا، يكفي الرد على هذه الرسالة. ويمكن إعادة توجيهها إلى من قد تعجبه.

## Mails of the system

mail_or_open = الرابط كاملا لفتحه أو نسخه:
mail_entered = تصلك هذه الرسالة لأن هذا العنوان أدخل في صفحة الاشتراك في { $newsletter } على الموقع { $host }.
mail_confirm_subject = أكد اشتراكك في { $newsletter }
mail_confirm_lead = طلب أحدهم، ونأمل أنه أنت، تلقي { $newsletter } على هذا العنوان. أكد ذلك بالرابط أدناه.
mail_confirm_button = تأكيد الاشتراك
mail_confirm_ignore = إذا لم تكن أنت من طلب ذلك فلا تفعل شيئا: لن تصلك منا رسائل أخرى.
mail_already_subject = أنت مشترك بالفعل في { $newsletter }
mail_already_lead = طلب أحدهم، ونأمل أنه أنت، تلقي { $newsletter } على هذا العنوان. أنت مشترك بالفعل، فلم يتغير شيء.
mail_already_change = تغيير التفضيلات أو إلغاء الاشتراك
mail_already_ignore = إذا لم تكن أنت من طلب ذلك فلا تفعل شيئا.
mail_refuse = لم أكن أنا: لا تراسلوا هذا العنوان أبدا
mail_welcome_subject = مرحبا بك في { $newsletter }
mail_welcome_lead = ستصلك { $newsletter } من الآن. يمكنك إلغاء الاشتراك متى شئت بالرابط في أسفل كل رسالة. ولتصلك الرسائل إلى صندوق الوارد أضف عنواننا إلى جهات اتصالك.
mail_welcome_latest = إليك أحدث عدد:

## Mails to readers about their own subscription

mail_subscriber = تصلك هذه الرسالة لأن هذا العنوان مشترك في { $newsletter } على الموقع { $host }.
mail_link_subject = رابطك في { $newsletter }
mail_link_lead = طلب أحدهم، ونأمل أنه أنت، رابط اشتراكك في { $newsletter }. يمكنك هناك تغييره أو إيقافه مؤقتا أو إلغاؤه.
mail_link_button = فتح اشتراكي
mail_data_subject = بياناتك لدى { $newsletter }
mail_data_lead = طلب أحدهم، ونأمل أنه أنت، الاطلاع على ما تحفظه { $newsletter } عنك أو محوه. يعمل الرابط ساعة واحدة.
mail_data_button = عرض بياناتي
mail_stored_lead = طلب أحدهم، ونأمل أنه أنت، رابط هذا العنوان لدى { $newsletter }. لا يُرسل أي عدد إلى هذا العنوان. بالرابط أدناه يمكنك رؤية ما زال محفوظًا أو محوه، أو الاشتراك من جديد.
mail_stored_reason = تصلك هذه الرسالة لأن { $newsletter } على { $host } تحفظ بيانات عن هذا العنوان.
mail_new_address_subject = أكد هذا العنوان لتلقي { $newsletter }
mail_new_address_lead = طلب أحدهم، ونأمل أنه أنت، تلقي { $newsletter } على هذا العنوان بدلا من عنوان آخر. أكد ذلك بالرابط أدناه.
mail_new_address_button = استخدام هذا العنوان
mail_new_address_reason = تصلك هذه الرسالة لأن هذا العنوان أدخل عنوانا جديدا لدى { $newsletter } على الموقع { $host }.
mail_old_address_subject = طلب إرسال { $newsletter } إلى عنوان آخر
mail_old_address_lead = طلب أحدهم، ونأمل أنه أنت، تلقي { $newsletter } على عنوان آخر. يسري التغيير عند تأكيد ذلك العنوان. إذا لم تكن أنت فأوقفه بالرابط أدناه ويبقى كل شيء كما هو.
mail_old_address_button = إبقاء عنواني
mail_old_address_ignore = إذا كنت أنت من طلب ذلك فلا يلزمك شيء هنا.

## Home

home = النشرات البريدية
home_lead = تصل كلها بالبريد الإلكتروني، ويمكن إلغاء الاشتراك بنقرة واحدة.

## Signup

signup_lead = احصل على { $newsletter } بالبريد الإلكتروني مجانًا.
email_label = البريد الإلكتروني
email_hint = يُستخدم للنشرة وحدها.
name_label = الاسم (اختياري)
name_hint = الاسم الذي تخاطبك به النشرة.
name_too_long = أدخل اسمًا أقصر، لا يزيد عدد أحرفه على { $count }
name_address = أدخل اسمًا لا يشبه عنوانًا ولا رقم هاتف. واترك مسافة بعد النقطة
name_invisible = أدخل اسمًا من دون أحرف غير مرئية. اكتبه بيدك
trap_label = اترك هذا الحقل فارغًا
subscribe = اشترك
subscribe_again = اشترك من جديد
signup_small_print = ستصلك رسالة فيها رابط للتأكيد. وفي كل عدد رابط لإلغاء الاشتراك: نقرة واحدة بلا أسئلة.
address_empty = أدخل بريدك الإلكتروني
address_too_long = أدخل عنوانًا أقصر: لا يوجد عنوان بهذا الطول
address_wrong = أدخل العنوان بالصيغة الصحيحة، مثل name@example.com
check_heading = تحقق من بريدك
check_text = تذهب إلى هذا العنوان رسالة فيها رابط، إلا إذا تلقى منا رسالة منذ وقت قريب أو كان لا يجوز إرسال بريد إليه. افتح الرابط واضغط الزر، وستصلك { $newsletter }. يعمل الرابط { $days ->
    [zero] { $days } يوم
    [one] يومًا واحدًا
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}.
check_nothing_there = لم يصل شيء بعد بضع دقائق؟ انظر أولًا في مجلد الرسائل غير المرغوب فيها. ويفيدك أيضًا رابط سابق منا: صفحته ترسل رابطًا جديدًا. وحمايةً لصناديق البريد لا تُرسل إلى العنوان الواحد أكثر من { $count ->
    [one] رسالة واحدة كهذه
    [two] رسالتين كهذه
    [few] { $count } رسائل كهذه
    [many] { $count } رسالةً كهذه
   *[other] { $count } رسالة كهذه
} في اليوم.
address_disposable = أدخل عنوانًا آخر: صناديق هذا المزوّد مؤقتة تُرمى بعد حين
address_no_server = لم نجد خادم بريد للنطاق { $domain }. تحقق من الجزء الذي يلي @
meant_heading = هل تقصد { $address }؟
meant_text = لقد كتبت { $address }. أحد العنوانين هو الصحيح.
meant_use = استخدم { $address }
meant_keep = لا، أبقِ { $address }
step_heading = خطوة واحدة بعد
step_text = اضغط الزر للمتابعة.
step_work = تصل الآن طلبات اشتراك كثيرة. ولكيلا يُغرَق صندوق أحد بالرسائل يعمل جهازك بضع ثوانٍ من أجل هذا الطلب.
step_wait = ويمكن ذلك من دون برنامج نصي: اضغط الزر وانتظر حتى { $seconds ->
    [zero] { $seconds } ثانية
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $seconds } ثوانٍ
    [many] { $seconds } ثانية
   *[other] { $seconds } ثانية
}.
step_button = متابعة
step_working = لحظة: جهازك يعمل …
step_ready = جاهز. اضغط الزر.
check_open = افتح { $provider }
check_again = أرسلها مرة أخرى
check_other = استخدم عنوانًا آخر
check_too_early = قد تكون الرسالة في الطريق بعد. انتظر دقيقة قبل أن تطلبها مرة أخرى.
check_asked_again = سجّلنا ذلك. تذهب رسالة أخرى إلى هذا العنوان إن كان يجوز ذلك الآن.
no_mail_heading = لا تُرسل رسالة الآن
no_mail_quota = تلقى هذا العنوان منا كل ما يجوز من الرسائل في مثل هذا الوقت القصير. استعمل الرابط في أحدثها، أو حاول مجددًا بعد بضعة أيام.
no_mail_refused = قال شخص لديه رسالة مرسلة إلى هذا العنوان إن الطلب لم يكن منه. لذلك لا تذهب إليه رسالة كهذه. والرابط في تلك الرسالة يلغي ذلك.
no_mail_suppressed = لا يجوز إرسال بريد إلى هذا العنوان: فقد ارتدّت رسالة أو عُدّت غير مرغوب فيها. راسلنا، وسيهتم شخص بالأمر.

## Not me

refuse_heading = عدم مراسلة هذا العنوان أبدًا؟
refuse_text = اضغط الزر، ولن يستطيع أحد أن يجعلنا نراسل هذا العنوان بكتابته في إحدى صفحاتنا. يسري ذلك سنة، ويشمل الصفحة التي ترسل إلى القراء رابطهم. أما الاشتراك الذي أكّدته فيستمر.
refuse_button = لا تراسلوا هذا العنوان
refused_heading = لن تصلك منا رسائل أخرى
refused_text = لن تُرسل إلى هذا العنوان رسالة لأن أحدهم كتبه في إحدى صفحاتنا. وما كان مطلوبًا فقد أُلغي.
refused_undo = كان ذلك خطأ: اسمحوا به مجددًا
allowed_heading = مسموح مجددًا
allowed_text = يستطيع صاحب هذا العنوان أن يشترك مجددًا.

## Confirming

confirm_heading = أكّد اشتراكك في { $newsletter }
confirm_text = اضغط الزر، ويصل العدد القادم من { $newsletter } إلى هذا العنوان.
confirm_button = تأكيد الاشتراك
confirm_ignore = إذا لم تطلب ذلك فأغلق الصفحة: لن يُرسل شيء.
confirmed_heading = مرحبًا بك في { $newsletter }
confirmed_text = تم تأكيد اشتراكك. يصل العدد القادم إلى هذا العنوان.
confirmed_contacts = كي لا تقع الأعداد بين الرسائل غير المرغوب فيها، أضف { $address } إلى جهات الاتصال.
welcome_next = تم اشتراكك. يصل العدد القادم يوم { weekday } { $day } { month }.
welcome_latest = وإلى حينه اقرأ العدد الأخير: { $title }
already_heading = أنت مشترك
already_text = تصل { $newsletter } إلى هذا العنوان، ولا يلزم شيء آخر.
stale_heading = هذا الرابط قديم
stale_text = مضى عليه أكثر من { $days ->
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
   *[other] { $days } يومًا
}، أو تغيّر شيء منذ ذلك الحين. يصلك رابط جديد بالبريد.
stale_button = أرسل لي رابطًا جديدًا

## Leaving

leave_heading = إلغاء الاشتراك في { $newsletter }؟
leave_text = يسري ذلك فورًا.
leave_button = إلغاء الاشتراك
left_heading = أُلغي اشتراكك
left_text = تم. لن تُرسل { $newsletter } إلى هذا العنوان بعد الآن، ولا حتى رسالة وداع.
absent_heading = لست مشتركًا
absent_text = لا يُرسل أي عدد إلى هذا العنوان.
left_on = ألغيت اشتراكك في { $newsletter } في { $date }.
ended_on = انتهى اشتراكك في { $newsletter } في { $date }.
left_kept = يُحفظ عنوانك حتى { $date } كي لا تعيدك أي قائمة قديمة. ويمكنك محوه الآن.
stored_link = رؤية ما هو محفوظ عنك أو محوه
one_click_done = أُلغي الاشتراك.
one_click_unknown = لم يتغير شيء: هذا ليس طلب إلغاء اشتراك. افتح هذا العنوان في متصفح، أو أرسل List-Unsubscribe=One-Click.
pause_until_label = إيقاف حتى
pause_until_hint = يُستأنف الإرسال في ذلك اليوم.
pause_until_button = إيقاف حتى هذا اليوم
pause_until_wrong = اختر يومًا بين الغد و{ $date }
leave_else = تغيير شيء آخر
back_offer = ضغطت خطأً؟ يمكنك التراجع خلال 24 ساعة.
back_button = تراجع
back_heading = عدت إلينا
back_text = تصل { $newsletter } إلى هذا العنوان من جديد كما كانت.
why_heading = لماذا غادرت؟
why_hint = الإجابة اختيارية.
why_too_often = رسائل كثيرة
why_too_long = طويلة جدًا
why_not_expected = ليست ما توقعته
why_never_signed_up = لم أشترك قط
why_other = سبب آخر
why_button = إرسال الإجابة
why_thanks = شكرًا على إجابتك.

## Preferences

preferences_heading = اشتراكك في { $newsletter }
preferences_active = يصلك كل عدد.
preferences_pending = لم يُؤكَّد الاشتراك بعد. الرابط في الرسالة التي وصلتك.
preferences_paused = بدأ الإيقاف المؤقت.
preferences_paused_until = الإيقاف المؤقت حتى { $date }. لا يُرسل أي عدد قبل ذلك.
preferences_paused_open = الاشتراك موقوف مؤقتًا. لا يُرسل أي عدد حتى تنهي الإيقاف.
preferences_resumed = انتهى الإيقاف المؤقت.
pause_heading = إيقاف مؤقت
pause_text = لا يُرسل أي عدد خلال هذه المدة، ثم يُستأنف الإرسال تلقائيًا.
pause_longer_heading = تمديد الإيقاف
pause_longer_text = تُحسب المدة من اليوم.
pause_four_weeks = إيقاف لمدة 4 أسابيع
pause_three_months = إيقاف لمدة 3 أشهر
resume_heading = متابعة
resume_text = يصلك العدد القادم من جديد.
resume_button = إنهاء الإيقاف
go_heading = إلغاء الاشتراك
go_text = يمكنك العودة في أي وقت.
rename_heading = الاسم
rename_label = اسم جديد
rename_button = حفظ الاسم
rename_hint = الاسم المحفوظ لدينا يبدأ بـ «{ $initial }». الاسم الجديد يظهر في رسائل { $newsletter } وحدها. اترك الحقل فارغًا لحذفه.
rename_hint_none = لا يوجد اسم محفوظ. الاسم الجديد يظهر في رسائل { $newsletter } وحدها.
rename_saved = حُفظ الاسم. وهو يظهر في رسائل { $newsletter } وحدها.
rename_removed = حُذف الاسم.
saved = تم الحفظ.
choices_heading = اللغة والشكل
language_label = اللغة
language_hint = لغة صفحاتك والرسائل المتعلقة باشتراكك. أما الأعداد فتصل كما كُتبت.
language_default = لغة النشرة
format_label = الشكل
format_html = منسّق (HTML)
format_plain = نص عادي
choices_button = حفظ الاختيارات
address_heading = العنوان
address_label = العنوان الجديد
address_hint = نرسل إليه رابطًا، ولا يتغير شيء قبل أن تفتحه. ونُبلغ العنوان الحالي.
address_button = تغيير العنوان
address_sent = يذهب رابط إلى العنوان الجديد، إلا إذا تلقى منا رابطًا منذ وقت قريب أو كان لا يجوز إرسال بريد إليه. لا يتغير شيء حتى يُفتح.
address_settling = غُيّر العنوان منذ وقت قريب. يمكن التراجع عن ذلك من العنوان السابق حتى { $date }، وبعدها يمكن تغييره من جديد.
others_heading = نشرات أخرى
others_text = تُؤكَّد كل واحدة برابط نرسله إلى عنوانك.
others_add = اشترك في { $newsletter }
data_heading = بياناتك
data_text = اطّلع على كل ما يُحفظ عنك أو امحه. نرسل رابطًا إلى عنوانك، ويعمل ساعة واحدة.
data_button = أرسل لي الرابط
data_sent = يذهب رابط إلى عنوانك، ثلاث مرات في اليوم على الأكثر. يعمل ساعة واحدة.
data_sent_before = غُيّر العنوان منذ وقت قريب، لذلك يذهب الرابط إلى العنوان السابق، ثلاث مرات في اليوم على الأكثر. يعمل ساعة واحدة.

## Another address, the reader’s data, the reader’s link

move_heading = هل تريد تلقّي { $newsletter } على هذا العنوان؟
move_text = من حينها تصل { $newsletter } إلى هنا، لا إلى العنوان القديم.
moved_heading = تغيّر عنوانك
moved_text = تصل { $newsletter } إلى هذا العنوان من الآن.
move_stale_text = لم يُستخدم في وقته، أو أُوقف التغيير. يمكنك الطلب من جديد في صفحة التفضيلات.
stop_heading = هل تريد إبقاء عنوانك؟
stop_text = طلب أحدهم، برابط من رسائلك، تلقّي { $newsletter } على عنوان آخر. اضغط الزر ويبقى كل شيء كما هو.
stopped_heading = بقي عنوانك
stopped_text = لا يُرسل شيء إلى العنوان الآخر.
stop_late_text = لم يعد التراجع ممكنًا هنا. راسلنا ليتولى أحدنا الأمر.
stop_erased_text = مُحي كل ما كان محفوظًا عنك. لم يبقَ ما يمكن إيقافه.
data_page_text = كل ما يُحفظ عنك في ملف JSON.
data_download = تنزيل بياناتي
erase_heading = محو كل شيء
erase_text = يُمحى عنوانك واسمك واشتراكاتك وسجلها فورًا، ولا يمكن التراجع عن ذلك.
erase_sure = نعم، امحُ كل شيء عني
erase_unsure = ضع العلامة أولًا ثم يُمحى كل شيء
erased_heading = مُحي كل شيء
erased_text = لا يبقى سوى رمز غير قابل للعكس لعنوانك، كي لا يُدخله أحد من جديد. ويمكنك أنت العودة في أي وقت.
data_stale_text = يعمل ساعة واحدة، ولا يعمل بعد محو كل شيء. اطلب رابطًا آخر من صفحة التفضيلات.
link_heading = احصل على رابطك
link_text = في كل عدد رابط إلى تفضيلاتك وآخر لإلغاء الاشتراك. ليس لديك عدد، أو لم تعد الأعداد تصلك؟ نرسل إليك الرابط.
link_hint = العنوان الذي كانت تصل إليه الأعداد.
link_button = أرسل لي رابطي
link_sent = إذا كانت { $newsletter } تحفظ هذا العنوان فستذهب إليه رسالة فيها الرابط، إلا إذا تلقى عدة رسائل كهذه منذ وقت قريب أو كان لا يجوز إرسالها إليه.

## Archive

all_issues = كل الأعداد
latest_issues = أحدث الأعداد
feed = الخلاصة
search = بحث
search_found = { $count ->
    [zero] لا أعداد
    [one] عُثر على عدد واحد
    [two] عُثر على عددين
    [few] عُثر على { $count } أعداد
    [many] عُثر على { $count } عددًا
   *[other] عُثر على { $count } عدد
}
search_found_many = عُثر على أكثر من { $count } عددًا، وهذه أحدثها
search_none = لم يُعثر على شيء
archive_empty = لم يصدر أي عدد بعد.
years = السنوات
newer_issues = أعداد أحدث
older_issues = أعداد أقدم
other_issues = أعداد أخرى
previous_issue = العدد السابق
next_issue = العدد التالي
corrected_on = صُحّح في { $date }.
reading_time = { $minutes ->
    [zero] أقل من دقيقة للقراءة
    [one] دقيقة واحدة للقراءة
    [two] دقيقتان للقراءة
    [few] { $minutes } دقائق للقراءة
    [many] { $minutes } دقيقة للقراءة
   *[other] { $minutes } دقيقة للقراءة
}

## Privacy

privacy = الخصوصية
privacy_lead = ما تحتفظ به { $newsletter } عن قرائها، وإلى متى، وما لا تفعله.
privacy_sender = من يرسلها
privacy_stored = ما يُحفظ
privacy_stored_address = عنوان بريدك الإلكتروني، والاسم واللغة والخيارات التي أعطيتها: لنرسل إليك ما طلبته.
privacy_stored_consent = متى طلبت أو أكدت أو أوقفت مؤقتًا أو ألغيت الاشتراك، وأي كلمات عُرضت عليك، والشبكة التي جاء منها طلبك بعد حذف آخر عنوانها: دليلًا على موافقتك.
privacy_stored_delivery = لكل عدد: هل وصل، وجواب خادم بريدك إن لم يصل.
privacy_stored_refusal = إذا رفض صندوقك رسائلنا أو لم ترد أن نراسلك أبدًا: بصمة للعنوان لا يمكن قراءته منها. وهي تمنع رسائلنا عنك.
privacy_kept = إلى متى
privacy_kept_text = تُحفظ بياناتك ما دمت مشتركًا. ويمكنك طلب محو كل شيء في أي وقت. وإلا فهذه هي المدد:
for_days = { $days ->
    [0] بلا حد
    [zero] { $days } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}
privacy_kept_unconfirmed = طلب لم يؤكده أحد: { for_days }.
privacy_kept_left = العنوان والاسم بعد إلغاء الاشتراك: { for_days }. ثم يبقى رمز للعنوان لا يمكن استعادته منه، كي لا تعيدك أي قائمة قديمة.
privacy_kept_consents = دليل موافقتك بعد إلغاء الاشتراك: { for_days }، وفي آخر المدة بهذا الرمز وحده.
privacy_kept_networks = الشبكة التي جاء منها الطلب: { for_days }.
privacy_kept_delivery = هل وصل إليك كل عدد: { for_days }. ثم لا يُحفظ إلا من لم يصله.
privacy_kept_erased = بعد المحو لا يبقى إلا رمز عنوانك. وتحتفظ النسخ الاحتياطية ببياناتك إلى أن تنتهي مدتها.
privacy_not = ما لا يُفعل
privacy_not_opened = لا يعرف أحد هل فتحت عددًا: ليس فيه صورة خفية.
privacy_not_clicked = الروابط في الأعداد تقود مباشرة إلى حيث تقول. لا تُحصى أي نقرة.
privacy_not_cookies = هذه الصفحات لا تضع ملفات تعريف ارتباط ولا تحمّل شيئًا من مواقع أخرى.
privacy_pictures = حين يعرض بريدك صور عدد ما، يجلبها من هذا الموقع. ولا يُسجَّل من جلبها.
privacy_others = من يراها غيرنا
privacy_others_text = يخرج البريد عبر { $relays } ومن هناك إلى خدمة بريدك. ولا يحصل أحد غيرهما على عنوانك.
privacy_rights = ما يمكنك فعله
privacy_rights_text = رابط تفضيلاتك في أسفل كل عدد: أوقف مؤقتًا، أو ألغ الاشتراك، أو اطلع على ما يُحفظ وغيّره، أو نزّله، أو امحه.
privacy_controller = الجهة المسؤولة عن بياناتك هي { $publisher }. لأي سؤال عن بياناتك اكتب إلى { $address }.
privacy_basis = الأساس القانوني
privacy_basis_text = تُرسل النشرة إليك بموافقتك (المادة 6(1)(أ) من اللائحة العامة لحماية البيانات حيث تسري).
privacy_basis_kept = يُحفظ إثبات موافقتك ورمز العنوان الذي لا يجوز مراسلته استنادًا إلى مصلحتنا المشروعة (المادة 6(1)(و)).
privacy_withdraw = يمكنك سحب موافقتك في أي وقت من رابط إلغاء الاشتراك في كل عدد. وما جرى قبل ذلك يبقى مشروعًا.
privacy_complain = يحق لك تقديم شكوى إلى هيئة لحماية البيانات، مثلًا في بلد إقامتك.

## Troubles

trouble_not_found = لا توجد صفحة كهذه
trouble_not_found_text = ربما كُتب العنوان خطأ، أو لم تعد الصفحة موجودة.
trouble_link = هذا الرابط لا يعمل
trouble_link_text = تأكد من أن الرابط كله منقول من الرسالة إلى شريط العنوان حتى آخر حرف.
trouble_not_understood = لم يُفهم الطلب
trouble_method_text = لا يُستخدم هذا العنوان بهذه الطريقة.
trouble_unreadable_text = ما أُرسل لا يأتي من أي نموذج في هذا الموقع.
trouble_too_large = هذا أطول من اللازم
trouble_too_large_text = ما أُرسل أكبر من أي نموذج في هذا الموقع.
trouble_too_many = انتظر قليلًا من فضلك
trouble_too_many_text = جاءت طلبات كثيرة دفعة واحدة. حاول مرة أخرى بعد ساعة.
trouble_busy = حاول مرة أخرى بعد دقيقة
trouble_busy_text = لا يستطيع الخادم الحفظ الآن. لم يتغير شيء.
trouble_broken = حدث خطأ ما
trouble_broken_text = الخطأ من جهتنا، وقد سُجّل.
