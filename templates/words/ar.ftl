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

skip = الانتقال إلى المحتوى
write_to_us = راسلونا
to_home = الذهاب إلى الصفحة الرئيسية
error = خطأ
problem = يُرجى التحقق من البيانات
# The name of a newsletter that is no longer here; the sentences have the quotation marks.
gone_newsletter = { $slug }
titled = { $label }: { $title }
labelled = { $label }: { $value }
listed = { $first }، { $second }
test_link = هذا الرابط من رسالة تجريبية. في الرسائل الحقيقية يؤدي ما تذكره هذه الصفحة، أما هنا فلا يغيّر شيئًا.

## Issues

read_on_web = القراءة على الموقع
links = الروابط
notes = الهوامش
image = صورة
reason = تصلك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }» منذ { $date }.
unsubscribe = إلغاء الاشتراك
way_out = { unsubscribe } (Unsubscribe)
role_email = رسالة
change_preferences = تغيير التفضيلات أو إيقاف الإرسال مؤقتا
forwarded = هل وصلتك هذه الرسالة من صديق؟
forwarded_link = الاشتراك من هنا
closing = للكتابة إلينا، يكفي الرد على هذه الرسالة. ويمكن إعادة توجيهها إلى من قد تعجبه.

## Mails of the system

mail_or_open = يمكنك أيضا نسخ هذا الرابط إلى المتصفح:
mail_entered = تصلك هذه الرسالة لأن هذا العنوان أدخل في صفحة الاشتراك في نشرة «{ $newsletter }» على الموقع { $host }.
mail_confirm_subject = تأكيد الاشتراك في نشرة «{ $newsletter }»
mail_confirm_lead = تلقينا طلبا للاشتراك في نشرة «{ $newsletter }» بهذا العنوان. إذا كان الطلب منك، فيرجى تأكيده بالرابط أدناه.
mail_confirm_button = تأكيد الاشتراك
mail_confirm_ignore = إذا لم يكن الطلب منك، فتجاهل هذه الرسالة ولن يسجل أي اشتراك.
mail_already_subject = اشتراكك في نشرة «{ $newsletter }» قائم بالفعل
mail_already_lead = تلقينا طلبا للاشتراك في نشرة «{ $newsletter }» بهذا العنوان. الاشتراك قائم بالفعل، ولم يتغير شيء.
mail_already_change = تغيير التفضيلات أو إلغاء الاشتراك
mail_already_ignore = إذا لم يكن الطلب منك، فتجاهل هذه الرسالة.
mail_refuse = لم يكن الطلب مني – إيقاف هذه الرسائل
mail_welcome_subject = مرحبا بك في نشرة «{ $newsletter }»
mail_welcome_lead = ستصلك نشرة «{ $newsletter }» من الآن. يمكنك إلغاء الاشتراك متى شئت بالرابط الموجود أسفل كل رسالة. ولضمان وصول الرسائل إلى البريد الوارد، أضف عنواننا إلى جهات الاتصال.
mail_welcome_latest = إليك أحدث الأعداد:

## Mails to readers about their own subscription

mail_subscriber = تصلك هذه الرسالة لأن هذا العنوان مشترك في نشرة «{ $newsletter }» على الموقع { $host }.
mail_link_subject = رابط إدارة اشتراكك في نشرة «{ $newsletter }»
mail_link_lead = تلقينا طلبا لرابط اشتراكك في نشرة «{ $newsletter }». يمكنك عبره تغيير التفضيلات أو إيقاف الإرسال مؤقتا أو إلغاء الاشتراك.
mail_link_button = إدارة اشتراكي
mail_data_subject = بياناتك الشخصية في نشرة «{ $newsletter }»
mail_data_lead = تلقينا طلبا للاطلاع على البيانات التي تحتفظ بها نشرة «{ $newsletter }» عنك أو محوها. الرابط صالح لمدة ساعة واحدة.
mail_data_button = عرض بياناتي
mail_stored_lead = طلب منا رابط هذا العنوان لدى نشرة «{ $newsletter }». وهو غير مشترك فيها. بالرابط يمكنك الاطلاع على ما زال محفوظا أو محوه، أو الاشتراك من جديد.
mail_stored_reason = تصلك هذه الرسالة لأن نشرة «{ $newsletter }» على { $host } تحفظ هذا العنوان.
mail_new_address_subject = تأكيد عنوانك الجديد لنشرة «{ $newsletter }»
mail_new_address_lead = تلقينا طلبا لإرسال نشرة «{ $newsletter }» إلى هذا العنوان بدلا من عنوان آخر. إذا كان الطلب منك، فيرجى تأكيده بالرابط أدناه.
mail_new_address_button = استخدام هذا العنوان
mail_new_address_reason = تصلك هذه الرسالة لأن هذا العنوان أدخل عنوانا جديدا لنشرة «{ $newsletter }» على الموقع { $host }.
mail_old_address_subject = طلب تغيير العنوان في نشرة «{ $newsletter }»
mail_old_address_lead = تلقينا طلبا لإرسال نشرة «{ $newsletter }» إلى عنوان آخر. يسري التغيير عند تأكيد العنوان الجديد. إذا لم يكن الطلب منك، فأبق عنوانك بالرابط أدناه.
mail_old_address_button = إبقاء عنواني
mail_old_address_ignore = إذا كان الطلب منك، فلا حاجة إلى أي إجراء.

## Home

home = النشرات البريدية
home_lead = مجانًا بالبريد الإلكتروني، ويمكن إلغاء الاشتراك بنقرة واحدة.

## Signup

signup_lead = احصل على نشرة «{ $newsletter }» مجانًا بالبريد الإلكتروني.
email_label = عنوان البريد الإلكتروني
email_hint = نستخدمه لإرسال النشرة فقط.
name_label = الاسم (اختياري)
name_hint = الاسم الذي نخاطبك به.
name_too_long = أدخل اسمًا أقصر، لا يزيد عدد أحرفه على { $count }
name_address = أدخل اسمًا لا يشبه عنوانًا ولا رقم هاتف. واترك مسافة بعد النقطة
name_invisible = أدخل اسمًا من دون أحرف غير مرئية. اكتبه بيدك
trap_label = اترك هذا الحقل فارغًا
subscribe = الاشتراك
subscribe_again = الاشتراك من جديد
signup_small_print = ستصلك رسالة فيها رابط لتأكيد الاشتراك. يمكنك سحب موافقتك متى شئت: في كل عدد رابط لإلغاء الاشتراك بنقرة واحدة.
address_empty = يُرجى إدخال عنوان البريد الإلكتروني
address_too_long = العنوان أطول من المسموح به. يُرجى التحقق منه
address_wrong = يُرجى إدخال عنوان صحيح، مثل name@example.com
check_heading = تحقق من بريدك الوارد
check_text = إذا أمكن إرسال نشرة «{ $newsletter }» إلى هذا العنوان، فستجد فيه رسالة منا. افتح الرابط الموجود فيها لإكمال الاشتراك. الرابط صالح لمدة { $days ->
    [zero] { $days } يوم
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}.
check_nothing_there = لم يصل شيء بعد بضع دقائق؟ تحقق من مجلد الرسائل غير المرغوب فيها. ويفيدك أيضًا رابط سابق منا: صفحته ترسل رابطًا جديدًا. ولحماية صناديق البريد لا نرسل إلى العنوان الواحد في اليوم أكثر من { $count ->
    [one] رسالة واحدة من هذا النوع
    [two] رسالتين من هذا النوع
    [few] { $count } رسائل من هذا النوع
   *[other] { $count } رسالة من هذا النوع
}.
address_disposable = يُرجى إدخال عنوان آخر: لا نقبل العناوين المؤقتة
address_no_server = يبدو أن { $domain } لا يستقبل البريد. يُرجى التحقق من الجزء الذي يلي الرمز @
meant_heading = هل تقصد { $address }؟
meant_text = العنوان المُدخل هو { $address }. أيهما الصحيح؟
meant_use = استخدام { $address }
meant_keep = إبقاء { $address }
step_heading = بقيت خطوة واحدة
step_text = اضغط الزر للمتابعة.
step_work = طلبات الاشتراك كثيرة الآن. وحمايةً لصناديق البريد من الإغراق، يُجري جهازك عملية حسابية تستغرق بضع ثوانٍ.
step_wait = من دون جافاسكربت: اضغط الزر وانتظر حتى { $seconds ->
    [zero] { $seconds } ثانية
    [one] ثانية واحدة
    [two] ثانيتين
    [few] { $seconds } ثوانٍ
    [many] { $seconds } ثانية
   *[other] { $seconds } ثانية
}.
step_button = متابعة
step_working = لحظة من فضلك…
step_ready = جاهز. اضغط «متابعة».
check_open = فتح { $provider }
check_again = إعادة إرسال الرسالة
check_other = استخدام عنوان آخر
check_too_early = ربما ما زالت الرسالة في الطريق. انتظر دقيقة قبل طلب رسالة أخرى.
check_asked_again = سجّلنا طلبك. إذا أمكن إرسال رسالة أخرى إلى هذا العنوان اليوم، فهي في الطريق.
no_mail_heading = لا يمكننا إرسال رسالة الآن
no_mail_quota = تلقّى هذا العنوان منا أقصى عدد من الرسائل في هذا الوقت القصير. استعمل الرابط في أحدثها، أو حاول مجددًا بعد بضعة أيام.
no_mail_refused = أخبرنا شخص لديه رسالة مرسلة إلى هذا العنوان بأنه لم يطلبها، فلم نعد نرسل مثلها. والرابط في تلك الرسالة يلغي ذلك.
no_mail_suppressed = لا يمكننا مراسلة هذا العنوان: فقد ارتدّت رسالة أو أُبلغ عنها كرسالة غير مرغوب فيها. راسلنا، وسيهتم شخص بالأمر.

## Not me

refuse_heading = هل تريد إيقاف هذه الرسائل؟
refuse_text = إذا ضغطت الزر، فلن يستطيع أحد أن يجعلنا نراسل هذا العنوان بإدخاله في إحدى صفحاتنا. يسري ذلك سنة. أما الاشتراكات التي أكّدتها فتستمر.
refuse_button = إيقاف هذه الرسائل
refused_heading = أوقفنا هذه الرسائل
refused_text = لن نراسل هذا العنوان مدة سنة لمجرد أن أحدهم أدخله في إحدى صفحاتنا. وأُلغي كل طلب كان في الانتظار.
refused_undo = تراجع
allowed_heading = سُمح بهذه الرسائل من جديد
allowed_text = يمكن الاشتراك بهذا العنوان من جديد.

## Confirming

confirm_heading = تأكيد الاشتراك في نشرة «{ $newsletter }»
confirm_text = اضغط الزر لتصلك نشرة «{ $newsletter }» على هذا العنوان بدءًا من العدد القادم.
confirm_button = تأكيد الاشتراك
confirm_ignore = إذا لم يكن الطلب منك، فأغلق هذه الصفحة ولن يُسجَّل أي اشتراك.
confirmed_heading = مرحبًا بك في نشرة «{ $newsletter }»
confirmed_text = تم تأكيد اشتراكك. سيصل العدد القادم إلى هذا العنوان.
confirmed_contacts = حتى لا تصل الأعداد إلى مجلد الرسائل غير المرغوب فيها، أضف { $address } إلى جهات الاتصال.
welcome_next = تم اشتراكك. يصدر العدد القادم يوم { weekday } { $day } { month }.
welcome_latest = وحتى ذلك الحين، اقرأ أحدث عدد: «{ $title }»
already_heading = الاشتراك قائم بالفعل
already_text = هذا العنوان مشترك في نشرة «{ $newsletter }». لا حاجة إلى أي إجراء آخر.
stale_heading = لم يعد هذا الرابط صالحًا
stale_text = مضى عليه أكثر من { $days ->
    [one] يوم واحد
    [two] يومين
    [few] { $days } أيام
    [many] { $days } يومًا
   *[other] { $days } يوم
}، أو تغيّر شيء منذ ذلك الحين. يمكنك طلب رابط جديد.
stale_button = طلب رابط جديد

## Leaving

leave_heading = هل تريد إلغاء الاشتراك في نشرة «{ $newsletter }»؟
leave_text = يسري الإلغاء فورًا.
leave_button = إلغاء الاشتراك
left_heading = أُلغي اشتراكك
left_text = لن تصلك نشرة «{ $newsletter }» على هذا العنوان بعد الآن، ولن نرسل رسالة وداع.
absent_heading = لا يوجد اشتراك
absent_text = لم يعد هذا الرابط مرتبطًا بأي اشتراك، ولا يُرسل شيء بموجبه.
left_on = ألغيت اشتراكك في نشرة «{ $newsletter }» بتاريخ { $date }.
ended_on = انتهى اشتراكك في نشرة «{ $newsletter }» بتاريخ { $date }.
left_kept = يُحفظ عنوانك حتى { $date } كي لا تعيدك أي قائمة قديمة. ويمكنك محوه الآن.
stored_link = رؤية ما هو محفوظ عنك أو محوه
one_click_done = أُلغي الاشتراك.
one_click_unknown = لم يتغير شيء: هذا ليس طلب إلغاء اشتراك. افتح هذا العنوان في متصفح، أو أرسل List-Unsubscribe=One-Click.
pause_until_label = إيقاف مؤقت حتى
pause_until_hint = يُستأنف الإرسال في ذلك اليوم.
pause_until_button = إيقاف الإرسال حتى هذا التاريخ
pause_until_wrong = يُرجى اختيار تاريخ من الغد إلى { $date }
leave_else = تغيير التفضيلات
back_offer = هل أُلغي الاشتراك خطأً؟ يمكنك التراجع خلال 24 ساعة.
back_button = تراجع
back_heading = عاد اشتراكك ساريًا
back_text = ستصلك نشرة «{ $newsletter }» على هذا العنوان من جديد كما كانت.
why_heading = ما سبب إلغاء الاشتراك؟
why_hint = الإجابة اختيارية.
why_too_often = الرسائل كثيرة جدًا
why_too_long = الأعداد طويلة جدًا
why_not_expected = لم تكن كما توقعت
why_never_signed_up = لم أشترك قط
why_other = سبب آخر
why_button = إرسال الإجابة
why_thanks = شكرًا على إجابتك.

## Preferences

preferences_heading = اشتراكك في نشرة «{ $newsletter }»
preferences_active = تصلك جميع الأعداد.
preferences_pending = لم يُؤكَّد الاشتراك بعد. افتح الرابط في الرسالة التي أرسلناها إليك.
preferences_paused = الاشتراك موقوف مؤقتًا.
preferences_paused_until = الاشتراك موقوف مؤقتًا حتى { $date }. لن يصلك أي عدد قبل ذلك.
preferences_paused_open = الاشتراك موقوف مؤقتًا. لن يصلك أي عدد حتى تستأنفه.
preferences_resumed = استُؤنف الاشتراك.
pause_heading = إيقاف الإرسال مؤقتًا
pause_text = لن يصلك أي عدد خلال هذه المدة، ثم يُستأنف الإرسال تلقائيًا.
pause_longer_heading = تمديد الإيقاف
pause_longer_text = تُحسب المدة من اليوم.
pause_four_weeks = إيقاف لمدة 4 أسابيع
pause_three_months = إيقاف لمدة 3 أشهر
resume_heading = استئناف الاشتراك
resume_text = ستصلك جميع الأعداد من جديد بدءًا من العدد القادم.
resume_button = استئناف
go_heading = إلغاء الاشتراك
go_text = يمكنك الاشتراك من جديد في أي وقت.
rename_heading = الاسم
rename_label = اسم جديد
rename_button = حفظ الاسم
rename_hint = الاسم المحفوظ لدينا يبدأ بـ «{ $initial }». يظهر الاسم الجديد في رسائل نشرة «{ $newsletter }» وحدها. لحذفه اترك الحقل فارغًا.
rename_hint_none = لا يوجد اسم محفوظ. يظهر الاسم الجديد في رسائل نشرة «{ $newsletter }» وحدها.
rename_saved = حُفظ اسمك. وهو يظهر في رسائل نشرة «{ $newsletter }» وحدها.
rename_removed = حُذف الاسم.
saved = حُفظت التفضيلات.
choices_heading = اللغة والتنسيق
language_label = اللغة
language_hint = لهذه الصفحات وللرسائل المتعلقة باشتراكك. أما الأعداد فتصل باللغة التي كُتبت بها.
language_default = لغة النشرة
format_label = التنسيق
format_html = منسّق (HTML)
format_plain = نص عادي
choices_button = حفظ
address_heading = عنوان البريد الإلكتروني
address_label = عنوان البريد الإلكتروني الجديد
address_hint = نرسل رابطًا إلى العنوان الجديد، ولا يتغير شيء قبل تأكيده هناك. ونُعلم عنوانك الحالي أيضًا.
address_button = تغيير العنوان
address_sent = إذا أمكنت مراسلة العنوان الجديد، فستجد فيه رابطًا. لا يتغير شيء قبل تأكيده.
address_settling = غُيّر العنوان منذ وقت قريب. يمكن التراجع عن ذلك من العنوان السابق حتى { $date }، وبعدها يمكن تغييره من جديد.
others_heading = نشرات أخرى
others_text = يُؤكَّد كل اشتراك برابط نرسله إلى عنوانك.
others_add = الاشتراك في نشرة «{ $newsletter }»
data_heading = بياناتك الشخصية
data_text = يمكنك الاطلاع على جميع البيانات المحفوظة عنك أو محوها. نرسل رابطًا إلى عنوانك، وهو صالح لمدة ساعة واحدة.
data_button = طلب الرابط
data_sent = تحقق من بريدك الوارد. الرابط صالح لمدة ساعة واحدة. إذا لم يصل شيء، فربما بلغت حد اليوم: حاول غدًا.
data_sent_before = غُيّر العنوان منذ وقت قريب، لذلك يذهب الرابط إلى العنوان السابق. وهو صالح لمدة ساعة واحدة. إن لم يصل شيء فربما بلغت حد اليوم: حاول غدًا.

## Another address, the reader’s data, the reader’s link

move_heading = هل تريد تلقّي نشرة «{ $newsletter }» على هذا العنوان؟
move_text = من حينها تصل نشرة «{ $newsletter }» إلى هذا العنوان، لا إلى العنوان القديم.
moved_heading = تم تغيير عنوانك
moved_text = ستصلك نشرة «{ $newsletter }» على هذا العنوان من الآن.
move_stale_text = لم يُستخدم الرابط في وقته، أو أُلغي التغيير. يمكنك تكرار الطلب من صفحة التفضيلات.
stop_heading = هل تريد إبقاء عنوانك؟
stop_text = طُلب عبر رابط من إحدى رسائلك إرسال نشرة «{ $newsletter }» إلى عنوان آخر. اضغط الزر لتستمر في تلقّيها على عنوانك.
stopped_heading = لن يتغير عنوانك
stopped_text = لن يُرسل شيء إلى العنوان الآخر.
stop_late_text = لم يعد التراجع ممكنًا هنا. راسلنا وسنهتم بالأمر.
stop_erased_text = مُحي كل ما كان محفوظًا عنك. لم يبقَ ما يمكن إيقافه.
data_page_text = جميع البيانات المحفوظة عنك في ملف JSON.
data_download = تنزيل بياناتي
erase_heading = محو كل شيء
erase_text = يُمحى عنوانك واسمك واشتراكاتك وسجلها فورًا. لا يمكن التراجع عن ذلك.
erase_sure = نعم، أريد محو جميع بياناتي
erase_unsure = ضع علامة في المربع لتأكيد محو كل شيء
erased_heading = مُحيت بياناتك
erased_text = لم يبقَ سوى رمز مستخرج من عنوانك لا يمكن استعادة العنوان منه، وهو يمنع إضافتك من قائمة قديمة. وتحتفظ النسخ الاحتياطية بالبيانات حتى انتهاء مدتها. يمكنك الاشتراك من جديد في أي وقت.
data_stale_text = الرابط صالح لمدة ساعة واحدة، ولا يعمل بعد محو البيانات. يمكنك طلب رابط آخر من صفحة التفضيلات.
link_heading = الحصول على رابط التفضيلات
link_text = في كل عدد رابط إلى تفضيلاتك وآخر لإلغاء الاشتراك. إذا لم يكن لديك أي عدد، فيمكننا أن نرسل إليك الرابط.
link_hint = العنوان الذي تصل إليه الأعداد، أو كانت تصل إليه.
link_button = طلب الرابط
link_sent = إذا كانت نشرة «{ $newsletter }» تحفظ هذا العنوان، فستجد في بريدك الوارد رسالة فيها الرابط. ولا يتلقى العنوان الواحد إلا عددًا قليلًا من هذه الرسائل.

## Archive

all_issues = كل الأعداد
latest_issues = أحدث الأعداد
feed = خلاصة Atom
search = بحث
search_found = { $count ->
    [zero] لا أعداد
    [one] عُثر على عدد واحد
    [two] عُثر على عددين
    [few] عُثر على { $count } أعداد
    [many] عُثر على { $count } عددًا
   *[other] عُثر على { $count } عدد
}
search_found_many = عُثر على أكثر من { $count } عدد. هذه أحدثها.
search_none = لم يُعثر على أي عدد
archive_empty = لم يصدر أي عدد بعد.
years = السنوات
newer_issues = أعداد أحدث
older_issues = أعداد أقدم
other_issues = أعداد أخرى
previous_issue = العدد السابق
next_issue = العدد التالي
corrected_on = صُحِّح بتاريخ { $date }.
reading_time = مدة القراءة: { $minutes ->
    [zero] أقل من دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $minutes } دقائق
   *[other] { $minutes } دقيقة
}

## Privacy

privacy = الخصوصية
privacy_lead = ما نحتفظ به عن قراء نشرة «{ $newsletter }»، وإلى متى، وما لا نفعله.
privacy_sender = المسؤول عن البيانات
privacy_stored = ما نحتفظ به
privacy_stored_address = عنوان بريدك الإلكتروني، والاسم واللغة والتفضيلات إن أدخلتها، لنرسل إليك ما طلبته.
privacy_stored_consent = تواريخ الاشتراك والتأكيد والإيقاف المؤقت والإلغاء، والنص الذي عُرض عليك، وعنوان IP مختصرًا، دليلًا على موافقتك.
privacy_stored_delivery = لكل عدد: هل سُلِّم، وردّ مزوّد بريدك إن لم يُسلَّم.
privacy_stored_refusal = إذا رفض مزوّد بريدك رسائلنا أو طلبت ألا نراسلك: رمز مستخرج من العنوان لا يمكن استعادة العنوان منه، وهو يمنعنا من مراسلتك.
privacy_kept = مدة الاحتفاظ
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
privacy_not = ما لا نفعله
privacy_not_opened = لا نعرف هل فتحت العدد: لا توجد فيه أي صورة مخفية.
privacy_not_clicked = تؤدي الروابط في الأعداد مباشرة إلى وجهتها. ولا نحصي النقرات.
privacy_not_cookies = لا تستخدم هذه الصفحات ملفات تعريف الارتباط، ولا تحمّل شيئًا من مواقع أخرى.
privacy_pictures = عندما يعرض تطبيق البريد صور العدد، يحمّلها من هذا الموقع. ولا نسجّل من حمّلها.
privacy_others = من يتلقى عنوانك أيضًا
privacy_others_text = تُرسل الرسائل عبر { $relays } ثم إلى مزوّد بريدك. ولا يحصل أحد سوى هؤلاء على عنوانك.
privacy_rights = حقوقك
privacy_rights_text = في أسفل كل عدد رابط إلى تفضيلاتك: يمكنك فيها إيقاف الإرسال مؤقتًا، أو إلغاء الاشتراك، أو الاطلاع على بياناتك وتصحيحها وتنزيلها ومحوها.
privacy_controller = الجهة المسؤولة عن بياناتك هي { $publisher }. لأي سؤال عن بياناتك اكتب إلى { $address }.
privacy_basis = الأساس القانوني
privacy_basis_text = تُرسل النشرة إليك بموافقتك (المادة 6(1)(أ) من اللائحة العامة لحماية البيانات حيث تسري).
privacy_basis_kept = يُحفظ إثبات موافقتك ورمز العنوان الذي لا يجوز مراسلته استنادًا إلى مصلحتنا المشروعة (المادة 6(1)(و)).
privacy_withdraw = يمكنك سحب موافقتك في أي وقت من رابط إلغاء الاشتراك في كل عدد. وما جرى قبل ذلك يبقى مشروعًا.
privacy_complain = يحق لك تقديم شكوى إلى هيئة لحماية البيانات، مثلًا في بلد إقامتك.

## Troubles

trouble_not_found = الصفحة غير موجودة
trouble_not_found_text = ربما في العنوان خطأ، أو أن الصفحة أُزيلت.
trouble_link = هذا الرابط لا يعمل
trouble_link_text = تأكد من نسخ الرابط كاملًا من الرسالة إلى شريط العنوان حتى آخر حرف.
trouble_not_understood = تعذّر فهم الطلب
trouble_method_text = لا يمكن استخدام هذه الصفحة بهذه الطريقة.
trouble_unreadable_text = البيانات المرسلة ليست من نماذج هذا الموقع.
trouble_too_large = حجم البيانات كبير جدًا
trouble_too_large_text = البيانات المرسلة أكبر مما تقبله نماذج هذا الموقع.
trouble_too_many = يُرجى المحاولة لاحقًا
trouble_too_many_text = الطلبات كثيرة جدًا. يُرجى المحاولة مرة أخرى بعد ساعة.
trouble_busy = يُرجى المحاولة مرة أخرى بعد دقيقة
trouble_busy_text = يتعذّر حفظ البيانات الآن. لم يتغير شيء.
trouble_broken = عذرًا، حدث خطأ
trouble_broken_text = الخطأ من جهتنا، وقد سُجّل.
