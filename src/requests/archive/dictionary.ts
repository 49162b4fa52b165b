/**
 * What the JSON of archived requests has in common, so that each needs no more than what is its own. It is part of how
 * they are stored: with another text, none could be read any more. What is most frequent stands last.
 */
const columns = {
  entitlements: [
    'task_id,request_id,subject_id,subject_name,subject_label,app_id,app_name,ends_at,timed,remind_at,',
    'state,ended_as,why,inherited_assignment,removal_id,tries,due_at,lease_owner,lease_until,extended_by,',
    'ended_by',
  ],
  access_requests: [
    'id,source,requested_by_id,requested_by_name,subject_id,subject_name,subject_label,app_id,app_name,',
    'reason,starts_at,asked_as,locale,time_zone,conversation,created_at,expires_at,remind_at,reminded_at,',
    'routed,held_up,held_up_since,revision,state,decided_by_id,decided_by_name,decided_at,decision_reason,',
    'decided_from,request_id,assigning,assigned,ended_at,ended_by_id,ended_by_name,ended_as,due_at,',
    'lease_owner,lease_until,awaiting_since,awaiting_until,crashes,subject_guest,ticket,ticket_url,',
    'joint_id,joint_group,joint_position,joint_whole,joint_left_out,kit,ends',
  ],
  requests: [
    'id,source,requested_by_id,requested_by_name,app_id,app_name,locale,time_zone,conversation,revision,',
    'created_at,left_out,access_at,apps,ticket,ticket_url,purpose,second_person,second_person_decision,',
    'reason,place_id',
  ],
  tasks: [
    'id,request_id,position,subject_id,subject_type,subject_name,subject_label,job_id,rule_id,state,lane,',
    'turn,enqueued_at,due_at,again,attempts,lease_owner,lease_until,started_at,finished_at,outcome,',
    'graph_request_id,client_request_id,throttles,members,cancelled_by,outcome_kind,awaits_assignment,',
    'unseen,perhaps,crashes,subject_guest,asked_at,excused,sent,ordered_by,app_id,app_name,is_further,',
    'assign_role,assigning,unassign,assignment_id,ends_at,ends_timed,is_lean',
  ],
  messages: [
    'id,kind,reference,source,conversation,locale,time_zone,audience,details,activity_id,shown_revision,',
    'latest_revision,created_at,due_at,failures,gone,posting,repeated,earlier_card,told,edit_owner,',
    'edit_until',
  ],
};

/** As they stand in JSON. */
const named = (table: keyof typeof columns) =>
  `"${table}":{"columns":${JSON.stringify(columns[table].join('').split(','))},"rows":[["`;

const chat = `{"user":{"id":"29:1","name":"","aadObjectId":""},"bot":{"id":"28:","name":"Usher"},"conversation":{"id":"19:@thread.tacv2;messageid=","conversationType":"channel","tenantId":""},"channelId":"msteams","serviceUrl":"https://smba.trafficmanager.net/teams/emea/`;
const personal = chat.replace(
  '19:@thread.tacv2;messageid=","conversationType":"channel',
  'a:1","conversationType":"personal',
);
const quoted = (text: string) => JSON.stringify(text).slice(1, -1);

export const dictionary = Buffer.from(
  [
    named('entitlements'),
    '"active","ending","overdue","ended","verified","byHand","extended","neverGiven","removal","offboarding","end|',
    '"Group","members","held","cancelled","assign","made","found","refused","unanswered","begun","byHand","failed",',
    quoted(
      '{"kind":"refused","cause":"","status":400,"code":"","message":"","trace":{"requestId":"","clientRequestId":""}}',
    ),
    quoted(
      '{"kind":"unknown","why":"timeout"}{"kind":"removed","how":""}{"kind":"notRemoved","why":""}{"kind":"inSync"',
    ),
    quoted(
      '{"kind":"notInScope","failedChecks":[],"skipped","code":"NotEffectivelyEntitled","reason":null,"property":null',
    ),
    quoted(
      '{"kind":"failed","code":"","reason":"","recommendedAction":"","warning":null,"report":{"steps":[],"changes":[]',
    ),
    quoted(quoted(chat)),
    quoted(quoted(personal)),
    '"de-DE","fr-FR","en-GB","UTC","America/New_York","Europe/London","',
    named('access_requests'),
    'access|","request",null,"pending","denied","expired","cancelled","approved","lapsed","started","finished",null,null,0,',
    `${quoted(`{"conversation":"${quoted(personal)}`)}","reader":{"locale":"en-US","timeZone":"Europe/Berlin"}}"`,
    ',null,null,"created",null,null,null,null,null,0,0,null,null,null,null,null,null,null,null,null]]},',
    '["copy-","access","route|requester","approvers","notice-","notice","result","',
    quoted(chat),
    quoted(personal),
    `{${named('requests')}`,
    '","en-US","Europe/Berlin","",3,17,"[]",null,null,null,null,null,0,null,null,null]]},',
    named('tasks'),
    '",0,"","User","","@","done",0,,17,17,null,1,null,null,17,17,"',
    quoted(
      '{"kind":"updated","report":{"steps":[],"changes":[],"changeId":"","subjectLabel":"","sourceSystem":"Azure Active Directory","targetSystem":"","targetId":"',
    ),
    quoted('{"kind":"created","report":{"steps":[],"changes":[],"changeId":"'),
    '",0,"[]",null,"updated","created",0,0,null,0,0,17,0,1,null,"',
    '",0,null,null,null,null,null,0,1]]},',
    named('messages'),
    '","request","',
    '",null,"","en-US","Europe/Berlin",null,null,"17',
    '",3,3,17,null,0,0,0,0,0,null,null,null]]}}',
  ].join(''),
);
