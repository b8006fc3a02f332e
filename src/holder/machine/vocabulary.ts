/*
 * Written by test/holder/machine/bundle-vocabulary.test.ts from the literals of this program. A word of a machine's texts that
 * stands here may stand in a bundle: all others are made up.
 */
const words = `
abcdef abfnrtv abia able abort absent absk absolute absurd acca accept accepted access accessdenied
accessdeniedexception accesskeyid accesskeylastused accesskeys accesstoken account accountalias accountid
accountpasswordpolicy accountproblem accounts accountsummary action actions activated active ad adaptive adc add
address addresses addressing admin af after again agent agetty ago agog agoj agpa ahead aida aipa akia akid alg
algorithm alias alike all allaccessdisabled allexport allowed allows altered although always amazon amazonaws
amazonwebservices ambient ami amp amz amzn an and anonymous another anpa answer answered anva any anything ap api
apka apos app append appid apple application appsettings appveyor apr aqod are argument argumenterror arn aroa array
artifact as asca ascii asia ask asked asking asks assertion asset associated associations assume assumed
assumedroleuser assumerole assumerolepolicydocument assumeroletokenprovidernotseterror assumeroleunauthorizedaccess
assumerolewebidentitycredentials assumerolewithsaml assumerolewithwebidentity assumeroot at ataws atd atom attach
attachedrolepolicies attacheduserpolicies attempting attempts aud audience aug auth authenticate authentication
authfailure authmissingfailure authnresponse authority authorization authorizationerror authorizationheadermalformed
authorizationqueryparameterserror authorized auths authtoken auto autoawsume autoscaling availabilityzones aws aws3
aws4 awsaccesskeyid awscli awscompromisedkeyquarantine awscredentialprofile awsreservedsso awssdk awssecretkey
awstoolkit awsumepy axo azp azure backblazeb2 backend backslash bad bak bapi bar base base64 base64url based bash
bashrc basic batch batchgetimage baz bb be bearer because bedrock bedrockexception been before begin behind
behindrole beside beta better between bin binary bios bitbucket blank block blocked blockquote board body bool
boolean bootstrap both boto boto3 botocore boundary bpass br braced bracket break broken btime bucketname build
buildkite builtin bundle but by bypath byte bytes c2s c9 ca cache cached calculated calculation call callback called
caller calling calls can cannot canonical canonicalrequest canonicalrequestbytes carriage case caused cc cd cdk
center central cert certificate cf cfg cgroup chain chaining change changed character characters charset check
checksum checksums child chmod choice chr chrony chronyd ci circleci circular cjs class clean cleaned clear cli
clidriver client clienterror clientid clientsecret clion clock clocksource clocksource0 close closed cloud cloud9
cloudflarestorage cloudformation cloudfront cloudshell cloudtrailinvalidclienttokenid cloudwatch cmd cn code
codebuild cognito collect colon column com comes comm comma command commanderror commands comment commit
communicationerror compact compatible complete completed completemultipartupload component components compose
compression computed condition conf config confignotfound configparse configuration configure configured configuring
conflict conmon connect connection const constraint constructionfailure contain contained container containerd
containerenv contains content context continuation continued control converse convert cookie copy correct correction
corresponding could couldn countersign countersignerror cpp create createbucket createchangeset createfunction
createlog createmultipartupload createoauth2token createqueue createsecret createtable createtoken createtopic
credential credentialrequiresarnerror credentialretrieval credentials credentialsendpointerror credentialserror
credentialsexception credentialsexpired credentialsnotloaded credentialsprovidererror credentialsproviderexception
credhelpers credsstore critical crlf cron crond crontab crontabs cross crt crun crypto cs csh cshrc csm csp csrss
csv ctype cure cured current currentcontrolset cursor custom customizations cut cwd cycle darwin dash data datagrip
date day db de deactivate deactivated debug dec decimal declare decode decodeauthorizationmessage decodedmessage
decrypt default defaults defect deferred defined definition del delayed delete deletebucket deleteconflict deleted
deletemessage delimited delimiter delims denied deny deploy depth describe described describeinstances describekey
describelog describeregions describerepositories describesecret describetable description desktop detach detail
detected dev development devenv device devices dict difference different differs digest digitaloceanspaces digits
dir direct directories directory direnv disable disabled disabling discovery dispatch dispatchfailure display
displayname dist distro div dkr dmi dnserror do doas doc docker dockerd dockerenv dockerfile docs doctype document
documents does doesn done dotenv dotnet dpop dpopkey driver drivers drone dropped dtz dualstack dumb dummy dump
duplicate duration durationseconds during dynamodb eacces earlier east eb ebusy ec ec2 ec2imds ec2instancemetadata
eclipse econnreset ecr ecs ecscontainer ecscredentialsproviderfailure edit editor ee eexist effect eio either eks
eksctl elasticbeanstalk elasticloadbalancing element elements elif eloop else em email empty emptystaticcreds enable
enabled enabling encoded encoding encrypt end ended endif ending endpoint endpointconnectionerror
endpointproviderexception endpoints endpointurl ends endsw enoent enotdir enter entityalreadyexists entries env
envaccesskeynotfound environ environment environmental environmentawscredentialsprovider environmentfile
environmentkeys environmentvariables envnames envrc envsecretnotfound eol eperm equal erase err errno error
erroraction errorfactory errormessage errors errortype es es256 esac escaped escapeerror essage etc eu eusc event
eventname eventsource evidence exactly example exceeds exception exceptions exe exec execute executing execution
exist existence existing exists exit exitcode exited exp expand expect expected expecting expects expir expiration
expired expiredtoken expiredtokenerror expiredtokenexception expires expiresat expiresin explain explicit
explicitdeny explicitly explorer export exposed express expression external externalid extra extracterror eyj fa
factor failed failure fake false families fatal fault fd00 feb federated federation federationtoken fell fetch ffff
fi field fields file filenotfoundexception files filesystems fill filterlogevents filters find finish fips first
fish fixed flag fleet float64 follow foo foobar for forbidden forbiddenexception force foreach foreign form format
formed found fp fqo fqod fqog fread from frombase64string frozen fs full function fwog gap gateway gave gd gdm
generalhttpcredentialsprovider generatedatakey get getaccesskeyinfo getaccesskeylastused getaccountsummary
getactivitytask getauthorizationtoken getbucket getcalleridentity getcredentials getcredentialsforidentity
getdelegatedaccesstoken getenvironmentvariable getfederationtoken getfunction getid getopenidtoken getqueueurl
getregionoptstatus getrolecredentials getrolename getsecretvalue getsendquota getsessiontoken getstring gettoken
getty getwebidentitytoken gi git github gitlab given gj global globalendpointtokenversion globaltokens gm gmt gnome
go goland gone goog got gov gradle grep groovy ground group grouppolic groups groupsforuser gt gu guest guid gx had
handling has hashicorp have hci hcl head headbucket header headers heartbeat heedsport help helper here hex hg
hidden hide history hkcu hklm hmac holds home homedrive homepath homes hop host hostid hostname hosts hour html http
https hwclock hyperv hypervisor hyphen ia iam iat ic id idea idempotencyparametermismatch
idempotentparametermismatch identity identitytoken idp idpcommunicationerror idprejectedclaim idtoken ieee ies if
ignore il illegalargumentexception image images imds in inaccessible inactive included includes incmd incomplete
incompletesignature incompletesignatureexception incorrect indented inferred infinite infiniteloop
infiniteloopconfig infinity info information inherited ini iniparseerror init inline input inputs insert insiders
inspect instance instanceprofilenotfound instanceprofiles instances instancestatus instead integer interface invalid
invalidaccesskeyid invalidargument invalidauthenticationcode invalidauthorizationmessage invalidclientexception
invalidclientrequesttoken invalidclienttoken invalidclienttokenexception invalidclienttokenid invalidconfig
invalidconfigerror invalidconfiguration invalidenvironmentalvariable invalidgrantexception invalidheadervalue
invalidhosterror invalididentitytoken invalidimdsendpointerror invalidlogintokenexception invalidnexttoken
invalidpaginationtoken invalidparameter invalidprocess invalidprocesscredentialspayload invalidrequest
invalidrequestexception invalids3addressingstyleerror invalidsecurity invalidsignature invalidsignatureexception
invalidsso invalidssocredentials invalidssotoken invalidssotokenexception invalidtoken invalidtokenerror
invalidtokenexception invalidurierror invisible invocation invokefunction invokemodel io ipv ipv4 ipv6 iqoj is
isarray isconditional isexported isidentifier isn isnamed iso isob isoe isof iss issuer isthere istruncated it item
items its itself iwef jan java javascript jenkins join joiner joinsblanks js json jul jun jwk jwt keep keepalive
keeps kept kernel key keyerror keyid keypairs keys kind kms kmsinvalidsignature kmsoptinrequired known kotlin ks ksh
kthreadd kty kubernetes kvm kwin lacks lambda lang laravel large last later latest latin1 launchagents launchd
launchdaemons lc le leadingblanks leave left legacy length level lf li lib library lightdm likely limit
limitexceeded line lines lint linux linuxkit list listaccesskeys listaccountroles listbuckets listed listfunctions
listmfadevices listobjects listobjectversions listqueues listsecrets listsubscriptions listtables listtopics
listusers literal literalpath load loadclienttlscerterror loadcustomcabundleerror loaded loading local localappdata
localhost locals localstack locate location lock log login loginprofile loginrefreshrequired logintoken
logintokenload logintokenloaderror logname logout logrequest logrequestwithbody logresponse logresponsewithbody logs
long look loop lost lower lr lstart lt machine made mail main mainthread makes mal malformed malformedpolicydocument
managed manager mangled many map mar mark masked match matchedstatements matches max may mayask me mechanism member
members mend message meta metadata metadataretrieval method mfa mfadevices microsoft min minio minio123 minioadmin
minute minutes misconfigured mismatch missing missingauthenticationtoken missingauthenticationtokenexception
missingclienttokenid missingcredentialserror missingendpoint missingsecurityheader mixed mjs mk ml mm mn mnt mobile
mock mocked mode model modifiedat modify module modules more most move much multi multifactorauthentication
multiregion must mv mx my name named names nan nbf nbsp ncaused nd need needs negotiate neighbour neither nested net
network never new newer newline next ni nil nilclass nio no nobody nocredentialproviders nocredentials
nocredentialserror node nodegr nodegroup nodejs nodes noglob nomethoderror non nondefault none nonetype
noninteractive noprofile nor north northeast northwest nosource nosuchentity nosuchfileexception nosuchprofileerror
not notauthorized notauthorizedexception note nothing notsignedup nov now npm nrt nrtbf nrtu nt ntp ntpd ntpsec nul
null nullpointerexception num number numerror nuxt object objectacl objects observed obtained occurred oct odd
oddities ode of off offline offset oidc ok old older on one onedrive only onprobe oo op open openid openidconnect
openidconnectproviders operation operationdeserializer operationerror operator opt opted optin optinrequired
optinstatus option options or order org originalerror os oserror osrelease other others othervariables otherwise otp
our out outcome outcomes outlives output over override overrides own p1363 package packedpolicytoolarge pager pair
pam panic parameter parameters parent parse parsed parseerror parseexception parseint parsing partial
partialcredentials partialcredentialserror partition partitions pass passenvironment passes passphrase passw passwd
password paste path patherror pathof pathword pc pendingverification percent perform perhaps permission
permissionerror permissions persisted php phpstorm phrase pick pid pipe pipeline pipelines placeholder placement
placeof plain plan planned plasmashell platform please plist plugins plus pnpm pod pods points policy pool populated
port portal position posix possible post powershell ppid pre preference preferences preferred prefix prefixed
prepend present preserve presigned preview previous prime principal printf private probe problem proc process
processes processprovider processproviderexecutionerror prod profile profileconfigfileawscredentialsprovider
profilename profilenotfound profiles program programfiles programs project promise prompt propagated properties
property protected proto proven provide provided provider providerconfigurationexception providererror providers
proxy ps ps1 ptp public publish pull pulumi put putbucket putlogevents putsecretvalue pwd pwsh py pycache pycharm
qrstuvwxyz234567 qsn quarantined query question queue quo quot quota quote quoted quotes r2 ra rails rb rd rds re
read readfile reading readonly real reason reauthenticate received receivedat receivemessage recent reconfigure
records recursionerror redacted reencrypt ref reference referenced references refresh refreshed refreshtoken
refreshwithmfaunsupported refusal refused refuses reg region regional regiondisabled regiondisabledexception
regionname regionoptstatus regions registerclient registeredaccounts registration registrationexpiresat registry
registrylogin rejected rejectedclaim relationship relative relay rememberssetting remote remove removed removes
rename renewed repair repeat repeated replace replaceall replaced replies reply request requesterror requestexpired
requestid requestinthefuture requestlimit requesttime requesttimetooskewed required requires reserved resolve
resolved resource resources response restrict result resulted resync retries retrieve retrieving retry retryable
retrydelay retrymode return returned rfc3339 ri rider right rm rn role rolearn rolecredentials rolepolic roles
rolesessionname root route53 rror ruby rubymine rule rum run runc runinstances running runtime rust rustrover s3
s3cfg s3fs s6 sa sam samconfig same saml samlproviders samp sample sarif satisfy says sc2s scan schema schemastore
scheme scloud scope scoped scopes script scripts sd sddm sdk sdkclientexception second seconds secret
secretaccesskey secretkey secretsmanager section sections secure secureconnect security securitygroups sed seed seen
select selected self send sendemail sendmessage sendrawemail sendtask sensitive sent sep separator serial
serialnumber server servercertificates serverless servertime service serviceaccount services ses session
sessionleader sessions sessiontoken set setenv setenvironmentvariable setopt sets setting settings setuvar sgov sh
sha256 shadowed shadows shape shared sharedconfigassumeroleerror sharedconfigerr sharedconfigloaderror
sharedconfigprofilenotexisterror sharedconfigprofilenotexistserror sharedinifilecredentialsproviderfailure shell
shim short should show shown si sighup sigint sigkill sign signal signature signaturedoesnotmatch signedheader
signedheaders signin signing signingregion signinregion sigterm sigv4a silent silentlycontinue similar six size skew
skip skipped slash slice slowdown sls smithy sms smss smtp smtpauthentication snap snapshots sns sntp sofar soft
software some source sourceprofilecircularreferenceerror sources south southeast space span specific specified
spelling split split0 spool spring sqs src ss ssh sshd sshpublickeys ssm sso ssocredentialsprovider
ssocredentialsproviderfailure ssocreds ssoproviderinvalidtoken ssosession ssotokenload ssotokenloaderror
ssotokenprovider ssotokenproviderfailure st stack stackoverflowerror stacks stage stale stamp standard start
startdeviceauthorization started startedat startexecution startup starturl stat state statement statementid states
static staticcredentialsempty staticcredentialsemptyerror status statuscode stderr stdout step steps still stmt stop
storage store str strange stranger strconv stream streams stretches string stringify stringtosignbytes strong sts
stsassumerolewebidentitycredentialsprovider stsregionalendpoint studio stumble style su sub subject sublime subnets
subscribed subscription subscriptionrequiredexception subshell success sudo summary supported surely surrounding
surroundings suspended svchost svn swapped switch switched synchronized syntax syntaxerror sys sysopen system
system32 systemctl systemd systemroot sz t00 t15 tab table tabs tag tagsession taint take takenout target taskkill
tbd tcp tcsh tcshrc td teamcity template temporary term terminate terraform terragrunt test testing text tf
tfbackend tfstate tfvars th than that the theirs then there this three throttl throttling through throughpowershell
thrown thumbprint time timed timeout timeoutms timestamp timesync timesyncd tini tls tmp to todo tofu token
tokencode tokenless tokenprovider tokenrefreshrequired tokenretrieval tokenretrievalerror tokens tokentype told
tolowercase toml too toolkit toomanyrequests totp tr trace traceback travis trim trims true truncated trust try ts
tt ttl tty twice two tx txt typ type typeerror typeset tz u0001 u0085 u0800 u1680 u1fff u2000 u200a u2010 u2027
u2028 u2029 u202a u202e u202f u2030 u205e u205f u2060 u2f u2fff u3000 u3001 ua ud7ff ue000 ufeff ufffd uffff uk ul
unable unanswered unassigned unauth unauthorized unauthorizedclientexception unauthorizedexception
unauthorizedoperation unauthorizedssotoken unauthorizedssotokenerror unavailable uncheckedioexception unclear
undefined unexpected unexpectedanswer unexport unhandled unit universal unknown unknownendpoint unlock
unmarshaltypeerror unreachable unread unreadable unrecognizedclientexception unrestricted unset unsetenv
unsetenvironment unsetopt unsupported unsupportedsource untaint until untold untouched unusable unverified unwrap
unwritable update updatefunctioncode upload uploadpart uri url urlencoded urlparam urls urn us usable usage use
usebackq used user userguide userhome userid userinit username userpolic userprofile users usertogroup using usr
usual utc utf utf16codeunits utf8 util uuid v1 v2 v2token v3 v4 valid validate validating validation validationerror
value valueerror values var variable variables vault vendor venv verification verifier version versions virtual
virtualmfadevices visited voclabs volumes vpc vpcs vscode w32tm wait warn warning was wasabisys wayland wd we web
webhook webidentity webidentityerr webidentitytoken webidentitytokenfile webidentitytokenfilepath webstorm well were
west what when where while whitespace whole width win32 windows windowspowershell windsurf wininit winlogon winner
with without withprofile withresponsestream word words workspace wrapped write written wrong ws wsl wslhost wss www
wx x02 x03aws x06er x06origin x07 x09origin x0a x15 x17 x1b x1c x1d x1e x20 x21 x7f x85 xa0 xa1 xcode xdg xen xinit
xml xmlns xorg xpc xx xxx ya yaml yarn yes yet yml you your ype yu z0 z07 z2 za zdotdir zed zero zl zlogin zp
zprofile zsh zshenv zshrc zz
`

/** In small letters. */
export const vocabulary: ReadonlySet<string> = new Set(words.trim().split(/\s+/))

const regionPart =
  /^(us|eu|ap|ca|sa|me|af|il|mx|cn|gov|iso|isob|isoe|isof|east|west|north|south|central|northeast|southeast|northwest|southwest)$/i

/** What every object of JavaScript has by itself: its SDKs find these as if they were settings. */
const objectMember =
  /^(constructor|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|proto)$/

/** Whether everybody may see a word: rules of this program know it, or it is a short number or a part of a region's name. */
export function isPublicWord(word: string): boolean {
  return (
    vocabulary.has(word.toLowerCase()) ||
    regionPart.test(word) ||
    objectMember.test(word) ||
    // Ports, durations, parts of dates; a one-time code has six digits.
    /^\d{1,5}$/.test(word) ||
    /^[A-Za-z]\d{0,2}$/.test(word) ||
    /^\d{1,4}T\d{1,2}$/.test(word) ||
    /^\d{1,9}(Z|UTC|GMT)$/.test(word) ||
    /^20\d{6}(T\d{6}Z?)?$/.test(word)
  )
}
