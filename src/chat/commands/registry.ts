import type { Registry } from '../registry/define-command.ts';
import { sendApprovalsHereCommand, stopSendingApprovalsCommand } from './access/approval-channels.ts';
import { approveCommand, denyCommand } from './access/decide.ts';
import { accessFormCommand, askButton } from './access/form.ts';
import { pendingCommand } from './access/pending.ts';
import { requestAccessCommand } from './access/request-access.ts';
import { showCommand } from './access/show.ts';
import { appsCommand } from './apps.ts';
import { cancelCommand, confirmButton } from './cancel.ts';
import { cancelAllByCommand } from './cancel-all.ts';
import { checkCommand } from './checks/check.ts';
import { exportHistoryCommand } from './checks/export.ts';
import { historyCommand, requestsCommand } from './checks/history.ts';
import { queueCommand } from './checks/queue.ts';
import { statusCommand } from './checks/status.ts';
import { unwatchCommand, watchCommand, watchesCommand } from './checks/watch.ts';
import { allWatchesCommand, approvalPlacesCommand, removeApprovalPlaceCommand, removeWatchCommand } from './grants.ts';
import { helpCommand } from './help.ts';
import { pageButton } from './page.ts';
import { provisionCommand } from './provision.ts';
import { provisionGroupCommand } from './provision-group.ts';
import { provisionListCommand } from './provision-list.ts';
import { retryCommand } from './retry.ts';
import { whoamiCommand } from './whoami.ts';

/** Every command and every button of Usher. Within a chapter the help lists them in this order. */
export const registry: Registry = {
  commands: {
    provision: provisionCommand,
    provisionList: provisionListCommand,
    provisionGroup: provisionGroupCommand,
    status: statusCommand,
    check: checkCommand,
    queue: queueCommand,
    apps: appsCommand,
    pending: pendingCommand,
    approve: approveCommand,
    deny: denyCommand,
    sendApprovalsHere: sendApprovalsHereCommand,
    stopSendingApprovals: stopSendingApprovalsCommand,
    approvalPlaces: approvalPlacesCommand,
    removeApprovalPlace: removeApprovalPlaceCommand,
    requestAccess: requestAccessCommand,
    accessForm: accessFormCommand,
    requests: requestsCommand,
    show: showCommand,
    retry: retryCommand,
    cancel: cancelCommand,
    cancelAllBy: cancelAllByCommand,
    history: historyCommand,
    exportHistory: exportHistoryCommand,
    watch: watchCommand,
    unwatch: unwatchCommand,
    watches: watchesCommand,
    allWatches: allWatchesCommand,
    removeWatch: removeWatchCommand,
    whoami: whoamiCommand,
    help: helpCommand,
  },
  buttons: { confirm: confirmButton, ask: askButton, page: pageButton },
};
