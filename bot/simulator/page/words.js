// What the phone itself says, in its owner's language, as Telegram's own interface would be. Bots' words come from bots.

const EN = {
  message: "Message", start: "Start", restart: "Restart", menu: "Menu", bot: "bot", typing: "typing…", edited: "edited",
  pinned: "Pinned message", anonymousPoll: "Anonymous poll", poll: "Poll", anonymousQuiz: "Anonymous quiz", quiz: "Quiz",
  final: "Final results", vote: "Vote", retract: "Take the vote back", noVotes: "No votes yet", oneVote: "1 vote", votes: "{n} votes",
  right: "right", wrong: "wrong", chosen: "your choice", ok: "OK", cancel: "Cancel", share: "Share", unblock: "Unblock",
  photo: "Photo", video: "Video", voice: "Voice message", audio: "Audio", file: "File", location: "Location", contact: "Contact",
  album: "Album", sticker: "Sticker", reply: "Reply", edit: "Edit", delete: "Delete", copy: "Copy text", copied: "Copied", members: "{n} members",
  about: "What can this bot do?", empty: "No messages here yet", emptyHint: "Press Start to begin.", shareContact: "Share your phone number with this bot?",
  shareLocation: "Share this phone's location with this bot?", forwarded: "Forwarded from {name}", closes: "Closes {when}",
  joined: "{name} joined the group", left: "{name} left the group", pinnedIt: "{name} pinned a message", group: "group",
  created: "{name} created the group", newPhoto: "{name} changed the group photo", noPhoto: "{name} removed the group photo", grown: "The group became a supergroup",
  deleted: "Deleted message", closed: "This poll is closed.", download: "Download",
};

const ES = {
  message: "Mensaje", start: "Iniciar", restart: "Reiniciar", menu: "Menú", bot: "bot", typing: "escribiendo…", edited: "editado",
  pinned: "Mensaje fijado", anonymousPoll: "Encuesta anónima", poll: "Encuesta", anonymousQuiz: "Cuestionario anónimo",
  quiz: "Cuestionario", final: "Resultados finales", vote: "Votar", retract: "Retirar el voto", noVotes: "Sin votos todavía",
  oneVote: "1 voto", votes: "{n} votos", right: "correcta", wrong: "incorrecta", chosen: "tu respuesta", ok: "Aceptar",
  cancel: "Cancelar", share: "Compartir", unblock: "Desbloquear", photo: "Foto", video: "Vídeo", voice: "Mensaje de voz",
  audio: "Audio", file: "Archivo", location: "Ubicación", contact: "Contacto", album: "Álbum", sticker: "Sticker",
  reply: "Responder", edit: "Editar", delete: "Eliminar", copy: "Copiar texto", copied: "Copiado", members: "{n} miembros",
  about: "¿Qué puede hacer este bot?", empty: "Aún no hay mensajes", emptyHint: "Pulsa Iniciar para empezar.", shareContact: "¿Compartir tu número de teléfono con este bot?",
  shareLocation: "¿Compartir la ubicación de este teléfono con este bot?", forwarded: "Reenviado de {name}", closes: "Se cierra {when}",
  joined: "{name} se unió al grupo", left: "{name} salió del grupo", pinnedIt: "{name} fijó un mensaje", group: "grupo",
  created: "{name} creó el grupo", newPhoto: "{name} cambió la foto del grupo", noPhoto: "{name} eliminó la foto del grupo", grown: "El grupo pasó a ser un supergrupo",
  deleted: "Mensaje eliminado", closed: "Esta encuesta está cerrada.", download: "Descargar",
};

const ZH = {
  message: "消息", start: "开始", restart: "重新开始", menu: "菜单", bot: "机器人", typing: "正在输入…", edited: "已编辑", pinned: "置顶消息",
  anonymousPoll: "匿名投票", poll: "投票", anonymousQuiz: "匿名测验", quiz: "测验", final: "最终结果", vote: "投票", retract: "撤回投票",
  noVotes: "暂无投票", oneVote: "1 票", votes: "{n} 票", right: "正确", wrong: "错误", chosen: "你的选择", ok: "确定", cancel: "取消", share: "分享",
  unblock: "解除屏蔽", photo: "照片", video: "视频", voice: "语音消息", audio: "音频", file: "文件", location: "位置", contact: "联系人",
  album: "相册", sticker: "贴纸", reply: "回复", edit: "编辑", delete: "删除", copy: "复制文本", copied: "已复制", members: "{n} 位成员", about: "这个机器人能做什么？", empty: "还没有消息",
  emptyHint: "点击“开始”。", shareContact: "要把你的电话号码分享给此机器人吗？", shareLocation: "要把此手机的位置分享给此机器人吗？",
  forwarded: "转发自 {name}", closes: "{when} 结束", joined: "{name} 加入了群组", left: "{name} 离开了群组", pinnedIt: "{name} 置顶了一条消息",
  group: "群组", created: "{name} 创建了群组", newPhoto: "{name} 更换了群组头像", noPhoto: "{name} 移除了群组头像", grown: "群组已升级为超级群组",
  deleted: "已删除的消息", closed: "此投票已结束。", download: "下载",
};

const AR = {
  message: "رسالة", start: "ابدأ", restart: "إعادة البدء", menu: "القائمة", bot: "بوت", typing: "يكتب…", edited: "عُدّلت",
  pinned: "رسالة مثبّتة", anonymousPoll: "تصويت مجهول", poll: "تصويت", anonymousQuiz: "اختبار مجهول", quiz: "اختبار",
  final: "النتائج النهائية", vote: "صوّت", retract: "سحب التصويت", noVotes: "لا أصوات بعد", oneVote: "صوت واحد", votes: "الأصوات: {n}",
  right: "صحيح", wrong: "خطأ", chosen: "اختيارك", ok: "حسنًا", cancel: "إلغاء", share: "مشاركة", unblock: "إلغاء الحظر", photo: "صورة",
  video: "فيديو", voice: "رسالة صوتية", audio: "ملف صوتي", file: "ملف", location: "الموقع", contact: "جهة اتصال", album: "ألبوم",
  sticker: "ملصق", reply: "رد", edit: "تعديل", delete: "حذف", copy: "نسخ النص", copied: "تم النسخ", members: "الأعضاء: {n}", about: "ماذا يستطيع هذا البوت أن يفعل؟", empty: "لا توجد رسائل بعد",
  emptyHint: "اضغط «ابدأ» للبدء.", shareContact: "هل تريد مشاركة رقم هاتفك مع هذا البوت؟",
  shareLocation: "هل تريد مشاركة موقع هذا الهاتف مع هذا البوت؟", forwarded: "محوّلة من {name}", closes: "يُغلق {when}",
  joined: "انضم {name} إلى المجموعة", left: "غادر {name} المجموعة", pinnedIt: "ثبّت {name} رسالة", group: "مجموعة",
  created: "أنشأ {name} المجموعة", newPhoto: "غيّر {name} صورة المجموعة", noPhoto: "أزال {name} صورة المجموعة", grown: "أصبحت المجموعة مجموعة خارقة",
  deleted: "رسالة محذوفة", closed: "هذا التصويت مغلق.", download: "تنزيل",
};

const RU = {
  message: "Сообщение", start: "Старт", restart: "Запустить снова", menu: "Меню", bot: "бот", typing: "печатает…", edited: "изменено",
  pinned: "Закреплённое сообщение", anonymousPoll: "Анонимный опрос", poll: "Опрос", anonymousQuiz: "Анонимная викторина",
  quiz: "Викторина", final: "Итоги", vote: "Голосовать", retract: "Отменить голос", noVotes: "Пока нет голосов",
  oneVote: "1 голос", votes: "Голосов: {n}", right: "верно", wrong: "неверно", chosen: "ваш выбор", ok: "ОК", cancel: "Отмена",
  share: "Поделиться", unblock: "Разблокировать", photo: "Фото", video: "Видео", voice: "Голосовое сообщение", audio: "Аудио",
  file: "Файл", location: "Геопозиция", contact: "Контакт", album: "Альбом", sticker: "Стикер", reply: "Ответить", edit: "Изменить",
  delete: "Удалить", copy: "Копировать текст", copied: "Скопировано", members: "Участников: {n}", about: "Что умеет этот бот?",
  empty: "Здесь пока нет сообщений", emptyHint: "Нажмите «Старт», чтобы начать.", shareContact: "Отправить этому боту ваш номер телефона?",
  shareLocation: "Отправить этому боту местоположение телефона?", forwarded: "Переслано от {name}", closes: "Завершится {when}",
  joined: "{name} теперь в группе", left: "{name} больше не в группе", pinnedIt: "{name}: сообщение закреплено", group: "группа",
  created: "{name}: группа создана", newPhoto: "{name}: новое фото группы", noPhoto: "{name}: фото группы удалено", grown: "Группа стала супергруппой",
  deleted: "Удалённое сообщение", closed: "Этот опрос завершён.", download: "Скачать",
};

const TABLES = { en: EN, es: ES, zh: ZH, ar: AR, ru: RU };
const RTL = new Set(["ar", "fa", "he", "ur", "ps", "ckb", "yi"]);

const base = (language) => (language || "en").toLowerCase().split(/[-_]/)[0];

/** words("es") -> a function of (key, params); a word not known in that language is said in English. */
export function words(language) {
  const table = TABLES[base(language)] || EN;
  return (key, params = {}) => (table[key] ?? EN[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

export const direction = (language) => (RTL.has(base(language)) ? "rtl" : "ltr");

/** What Intl understands of a client's language ("zh-hans" yes, nonsense no). */
export function locale(language) {
  try {
    return Intl.getCanonicalLocales((language || "en").replace("_", "-"))[0];
  } catch {
    return "en";
  }
}

export const LANGUAGES = [
  ["en", "English"], ["zh-hans", "中文"], ["es", "Español"], ["ar", "العربية"], ["fa", "فارسی"], ["he", "עברית"], ["ur", "اردو"],
  ["fr", "Français"], ["pt", "Português"], ["ru", "Русский"], ["uk", "Українська"], ["hi", "हिन्दी"], ["de", "Deutsch"], ["pl", "Polski"],
];
