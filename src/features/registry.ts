import type { Registry } from '../chat/registry/define-command.ts';
import { accessRequests } from './approvals/carried-out.ts';
import {
  approvalChannelsCommand,
  removeApprovalChannelCommand,
  sendApprovalsHereCommand,
  stopSendingApprovalsCommand,
} from './approvals/channels.ts';
import { approveCommand, denyCommand } from './approvals/decide.ts';
import { accessFormCommand } from './approvals/form.ts';
import { decisionsAtHome } from './approvals/home-section.ts';
import { accessCards, accessNotices } from './approvals/outbox.ts';
import { pendingCommand } from './approvals/pending.ts';
import { requestAccessCommand } from './approvals/request-access.ts';
import { showCommand } from './approvals/show.ts';
import { tellDeciders } from './approvals/tell-deciders.ts';
import { accessReportCommand } from './checks/access-report.ts';
import { exportWords } from './checks/cards/export-card.ts';
import { checkCommand } from './checks/check.ts';
import { exportHistoryCommand, openExport } from './checks/export.ts';
import { historyCommand } from './checks/history.ts';
import { brokenAtHome, ownRequestsAtHome } from './checks/home-sections.ts';
import { announcements } from './checks/outbox.ts';
import { ownRequests, requestsCommand } from './checks/own-requests.ts';
import { previewCommand } from './checks/previewing/preview.ts';
import { quietCommand } from './checks/quiet.ts';
import { queueCommand } from './checks/show-queue.ts';
import { statusCommand } from './checks/status.ts';
import {
  allWatchesCommand,
  removeWatchCommand,
  unwatchAllCommand,
  unwatchCommand,
  watchAllCommand,
  watchCommand,
  watchesCommand,
} from './checks/watch.ts';
import { appsCommand } from './help/apps.ts';
import { welcome } from './help/cards/welcome-card.ts';
import { helpCommand } from './help/help.ts';
import { homeCommand } from './help/home.ts';
import { kitsCommand } from './help/kits.ts';
import { languageCommand } from './help/language.ts';
import { whoamiCommand } from './help/whoami.ts';
import { removeNowButton } from './leaving/confirm-removal.ts';
import { endAccessCommand, endByHandCommand } from './leaving/ends/end-access.ts';
import { extendCommand } from './leaving/ends/extend.ts';
import { endsCommand } from './leaving/ends/list-ends.ts';
import { offboardCommand } from './leaving/offboard.ts';
import { endNotes } from './leaving/outbox.ts';
import { removeByFile, removePasted } from './leaving/removal-lists.ts';
import { removeCommand } from './leaving/remove.ts';
import { keepAccessButton, removalQuestions, waitingRemovals } from './leaving/second-person.ts';
import { verifyRemovalCommand } from './leaving/verify-removal.ts';
import { assignButton } from './provisioning/assign.ts';
import { cancelCommand, confirmButton } from './provisioning/cancel.ts';
import { cancelAllByCommand } from './provisioning/cancel-all.ts';
import { pageButton } from './provisioning/page.ts';
import { provisionCommand } from './provisioning/provision.ts';
import { provisionFile } from './provisioning/provision-file.ts';
import { provisionGroupCommand } from './provisioning/provision-group.ts';
import { provisionListCommand } from './provisioning/provision-list.ts';
import { provisionPasted } from './provisioning/provision-table.ts';
import { requestCards } from './provisioning/request-cards.ts';
import { retryCommand } from './provisioning/retry.ts';
import { managerNotes, tellManagerButton } from './provisioning/tell-manager.ts';
import { leaveJobButton, repairNowButton } from './repair/confirm-repair.ts';
import { repairCards, repairNotes } from './repair/outbox.ts';
import { pauseCommand } from './repair/pause.ts';
import { pausesIn } from './repair/pauses.ts';
import { provisionPausedCommand } from './repair/provision-paused.ts';
import { repairCommand } from './repair/repair-app.ts';
import { startCommand } from './repair/start.ts';
import { testCommand } from './repair/test-app.ts';

/** Every command and every button of Usher. Within a chapter the help lists them in this order. */
export const registry: Registry = {
  commands: {
    provision: provisionCommand,
    provisionList: provisionListCommand,
    provisionGroup: provisionGroupCommand,
    remove: removeCommand,
    offboard: offboardCommand,
    ends: endsCommand,
    extend: extendCommand,
    endAccess: endAccessCommand,
    endByHand: endByHandCommand,
    verifyRemoval: verifyRemovalCommand,
    status: statusCommand,
    check: checkCommand,
    preview: previewCommand,
    queue: queueCommand,
    test: testCommand,
    repair: repairCommand,
    pause: pauseCommand,
    start: startCommand,
    provisionPaused: provisionPausedCommand,
    apps: appsCommand,
    kits: kitsCommand,
    pending: pendingCommand,
    approve: approveCommand,
    deny: denyCommand,
    sendApprovalsHere: sendApprovalsHereCommand,
    stopSendingApprovals: stopSendingApprovalsCommand,
    approvalChannels: approvalChannelsCommand,
    removeApprovalChannel: removeApprovalChannelCommand,
    requestAccess: requestAccessCommand,
    accessForm: accessFormCommand,
    requests: requestsCommand,
    history: historyCommand,
    show: showCommand,
    retry: retryCommand,
    cancel: cancelCommand,
    cancelAllBy: cancelAllByCommand,
    exportHistory: exportHistoryCommand,
    accessReport: accessReportCommand,
    watch: watchCommand,
    watchAll: watchAllCommand,
    watches: watchesCommand,
    unwatch: unwatchCommand,
    unwatchAll: unwatchAllCommand,
    quiet: quietCommand,
    allWatches: allWatchesCommand,
    removeWatch: removeWatchCommand,
    home: homeCommand,
    whoami: whoamiCommand,
    language: languageCommand,
    help: helpCommand,
  },
  buttons: {
    confirm: confirmButton,
    page: pageButton,
    assign: assignButton,
    removeNow: removeNowButton,
    keepAccess: keepAccessButton,
    repairNow: repairNowButton,
    leaveJob: leaveJobButton,
    tellManager: tellManagerButton,
  },
  messages: {
    request: requestCards,
    removal: removalQuestions,
    access: accessCards,
    notice: accessNotices,
    announcement: announcements,
    managerNote: managerNotes,
    endNote: endNotes,
    repair: repairCards,
    repairNote: repairNotes,
  },
  accessRequests,
  waitingRemovals,
  approversOf: tellDeciders,
  ownRequests,
  answerFile: async (parts, turn, line, file) =>
    (await removeByFile(parts, turn, line, file)) ?? provisionFile(parts, turn, line, file),
  answerTable: async (parts, turn, text) =>
    (await removePasted(parts, turn, text)) ?? provisionPasted(parts, turn, text),
  pausesIn,
  openExport,
  exportWords,
  homeSections: [decisionsAtHome, ownRequestsAtHome, brokenAtHome],
  welcome,
};
