import type { Registry } from '../chat/registry/define-command.ts';
import { sendApprovalsHereCommand, stopSendingApprovalsCommand } from './approvals/send-approvals.ts';
import { approveCommand, denyCommand } from './approvals/decide.ts';
import { accessFormCommand, askButton } from './approvals/form.ts';
import { pendingCommand } from './approvals/pending.ts';
import { requestAccessCommand } from './approvals/request-access.ts';
import { showCommand } from './approvals/show.ts';
import { appsCommand } from './help/apps.ts';
import { cancelCommand, confirmButton } from './provisioning/cancel.ts';
import { cancelAllByCommand } from './provisioning/cancel-all.ts';
import { checkCommand } from './checks/check.ts';
import { exportHistoryCommand } from './checks/export.ts';
import { historyCommand, requestsCommand } from './checks/history.ts';
import { queueCommand } from './checks/queue.ts';
import { statusCommand } from './checks/status.ts';
import { unwatchCommand, watchCommand, watchesCommand } from './checks/watch.ts';
import { allWatchesCommand, approvalPlacesCommand, removeApprovalPlaceCommand, removeWatchCommand } from './approvals/grants.ts';
import { helpCommand } from './help/help.ts';
import { pageButton } from './provisioning/page.ts';
import { provisionCommand } from './provisioning/provision.ts';
import { provisionGroupCommand } from './provisioning/provision-group.ts';
import { provisionListCommand } from './provisioning/provision-list.ts';
import { retryCommand } from './provisioning/retry.ts';
import { whoamiCommand } from './help/whoami.ts';

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
