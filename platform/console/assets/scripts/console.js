// The console's behaviour. Everything is delegated from the document, so that it goes on working
// after htmx has swapped a part of the page. No text lives here: it comes from the templates.
import './menus.js';
import './dialogs.js';
import './forms.js';
import './files.js';
import './money.js';
import './preferences.js';
import './feedback.js';
import './palette.js';
import './lists.js';
import './polling.js';
import './scanner.js';
import './desk.js';
import './approvals.js';
import './scanforms.js';
import './keys.js';
import './print.js';
import './passkeys.js';
import './countdown.js';
import './quote.js';
