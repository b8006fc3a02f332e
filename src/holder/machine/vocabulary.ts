/*
 * Written by test/holder/machine/bundle-vocabulary.test.ts from the literals of this program. A word of a machine's texts that
 * stands here may stand in a bundle: all others are made up.
 */
const words = `
abcdef abfnrtv abia able abort absent absk absolute absurd acca accept accepted access accessdenied
accessdeniedexception accesskeyid accesskeylastused accesskeys accesstoken account accountalias accountid
accountpasswordpolicy accountproblem accounts accountsummary acct action actions activated active ad adaptive adc
add address addresses addressing admin af after again agent agetty ago agog agoj agpa ahead ai aida aider aipa akia
akid alg algorithm alias alike alikes all allaccessdisabled allexport allowed allows altered although always amazon
amazonaws amazonecr amazonecs amazons3 amazonwebservices ambient ami amp amz amzn an and another anpa answer
answered anthropic anthropics anva any anything ap api apireference apka apos app append appid apple application
appsettings appveyor apr aqod are argument argumenterror ark arn aroa array artifact as asca ascii asia ask asked
asking asks assertion asset associated association associations assume assumed assumedroleuser assumerole
assumerolepolicydocument assumeroletokenprovidernotseterror assumeroleunauthorizedaccess
assumerolewebidentitycredentials assumerolewithsaml assumerolewithwebidentity assumeroot at ataws atd atom attach
attachedrolepolicies attacheduserpolicies attempts aud audience aug auth authenticate authentication authenticator
authfailure authmissingfailure authnresponse authority authorization authorizationerror authorizationheadermalformed
authorizationqueryparameterserror authorized auths authtoken auto autoawsume autoscaling availabilityzones aws aws4
awsaccesskeyid awscompromisedkeyquarantine awscredential awscredentialprofile awsec2 awslabs awsreservedsso awssdk
awssecretkey awstoolkit awsumepy axo azp azure backend backslash bad bak bapi bar base base64 base64url based bash
bashrc basic bat batch batchgetimage baz bb be bearer beats because bedrock bedrockexception been before begin
begins behind behindrole berriai beside beta better between bin binary bios bitbucket blank block blocked blockquote
board body bool boolean boolifexists bootstrap both boto boto3 botocore boundary bpass br braced bracket break bref
brefphp broamski broken btime bucket bucketname build buildkite builtin bundle but by bypath byte bytes c0 c2s c9 ca
cache cached caching calculated calculation call called caller calling calls can cannot canonical
canonicalrequestbytes capital carriage case cause caused causenumbers cc cd cdk center central cert certificate cf
cfg cgroup chain chaining change changed chap character characters charset check checksum checksums child childitem
chmod choice chr chrony chronyd ci circleci cjs class claude clean cleaned clear cli client clienterror clientid
clientsecret clion clock clocksource clocksource0 close closed cloud cloud9 cloudformation cloudfront cloudshell
cloudtrailinvalidclienttokenid cloudwatch cluster cmd cn code code1 code2 codebuild codepipeline codes cognito
collect colon column com comes comm comma command commanderror commands comment commit common commonerrors compact
compatible complete completed completemultipartupload component components compose compression computed condition
conf config confignotfound configparse configparseerror configuration configure configured configuring conflict
conmon connect connection const constraint constructionfailure contain contained container containerd containerenv
contains content context continuation continued control converse convert cookie copy correct correction
corresponding could couldn countersign countersignerror cpp create createbucket createchangeset createfunction
createlog createmultipartupload createoauth2token createqueue createsecret createtable createtoken createtopic
credential credentialrequiresarnerror credentialretrieval credentialretrievalerror credentials
credentialsendpointerror credentialserror credentialsexception credentialsexpired credentialsnotloaded
credentialsprovidererror credentialsproviderexception credhelpers credsstore critical crlf cron crond crontab
crontabs cross crt crun crypto cs csh cshrc csm csp csrss csv ctype cure cured curl current currentcontrolset cursor
custodian custom cut cwd darwin dash data datagrip date day db de deactivate deactivated debug dec decimal declare
decode decodeauthorizationmessage decodedmessage decrypt default defaults defect deferred defined del delayed delete
deletebucket deleteconflict deleted deletemessage delimited delimiter delims denied deny deploy depth describe
described describeinstances describekey describelog describeregions describerepositories describesecret
describetable description designs desktop detach detail details detected dev developerguide development devenv
device devices dg dict difference different differs dify digits dir direct directories directory direnv disable
disabled disabling discovery dispatch dispatchfailure display displayname dist distro div dkr dmi dnserror do doas
doc docker dockerd dockerenv dockerfile docs doctype document documents does doesn done dotenv dotnet dpop dpopkey
driver drivers drone dropped dtz dualstack dumb dummy dump duplicate duration durationseconds during dynamodb eacces
earlier east ebusy ec ec2 ec2instancemetadata echo eclipse econnreset ecr ecs ecscontainer
ecscredentialsproviderfailure editor ee eexist effect eio either ekristen eks elastic elasticloadbalancing element
elements elif eloop else em email empty emptystaticcreds enable enabled enabling encoded encoding encrypt end ended
endif ending endpoint endpointconnectionerror endpointproviderexception endpoints endpointurl ends endsw engine
enoent enotdir enter entityalreadyexists entries entry env environ environment environmental
environmentawscredentialsprovider environmentfile environmentkeys environmentvariables envnames envrc envvars eol
eperm equal erase err errno error erroraction errorfactory errormessage errorresponses errors errortype es es256
esac escaped escapeerror essage etc eu eusc event evidence exactly example exceeds exception exceptions exe exec
execute executing execution exist existence existing exists exit exitcode exp expand expect expected expecting
expects expir expiration expired expiredtoken expiredtokenerror expiredtokenexception expires expiresat expiresin
explain explicit explicitdeny explicitly explorer export exposed express expression external externalid extra
extracterror eyj f2 fa failed failure fake false family fatal fate fault fd00 feature feb federation federationtoken
fell fetch ffff fi field fields file filenotfoundexception files filesystems fill filter filterlogevents filters
find findstr finish fips first fish fix fixed flag fleet float64 fog follow foo foobar for forbidden
forbiddenexception force foreach foreign form format formed found fp fqo fqod fqog framework fread from
frombase64string frozen fs full function fwog gap gateway gave gd gdm general generalhttpcredentialsprovider
generatedatakey get getaccesskeyinfo getaccesskeylastused getaccountsummary getactivitytask getauthorizationtoken
getbucket getbytes getcalleridentity getcredentials getdelegatedaccesstoken getenvironmentvariable
getfederationtoken getfunction getqueueurl getregionoptstatus getrolecredentials getrolename getsecretvalue
getsendquota getsessiontoken getstring gettoken getty getwebidentitytoken gi git github gitlab given gj global
globalendpointtokenversion globaltokens gm gmt gnome go goland gone goog got gov gradle granted grep groovy ground
group grouppolic groups groupsforuser gruntwork gt gu guest guid guide gx had handling has hashicorp have hci head
headbucket header headers heartbeat heedsport help helper here hex hg hidden hide hint history hkcu hklm hmac holds
home homedrive homepath homes hop host hostid hostname hosts hour html http https hwclock hyperv hypervisor hyphen
ia iam iat ic id idea idempotencyparametermismatch idempotentparametermismatch identifiers identities identity
identitytoken idp idpcommunicationerror idprejectedclaim idtoken ieee ies if ignore il illegalargumentexception
image images imds in inaccessible inactive included includes incmd incomplete incompletesignature
incompletesignatureexception incorrect indented infinite infiniteloop infiniteloopconfig infiniteloopconfigerror
infinity info inherited ini iniparseerror init inline input inputs insert insiders inspect instance
instanceprofilenotfound instanceprofiles instances instancestatus instead integer interface invalid
invalidaccesskeyid invalidargument invalidauthenticationcode invalidauthorizationmessage invalidclientrequesttoken
invalidclienttoken invalidclienttokenexception invalidclienttokenid invalidconfig invalidconfigerror
invalidconfiguration invalidenvironmentalvariable invalidgrantexception invalidheadervalue invalidhosterror
invalididentitytoken invalidimdsendpointerror invalidlogintokenexception invalidnexttoken invalidpaginationtoken
invalidparameter invalidrequest invalids3addressingstyleerror invalidsecurity invalidsignature
invalidsignatureexception invalidssocredentials invalidssotoken invalidssotokenexception invalidtoken
invalidtokenerror invalidtokenexception invalidurierror invisible invocation invokefunction invokemodel io ipv ipv4
ipv6 iqoj is isarray isconditional isexported isidentifier isn isnamed iso isob isoe isof iss issuer issues isthere
istruncated it item items its itself iwef jan java javascript jenkins join joiner joinsblanks js json jul jun jwk
jwt k3s kanister kanisterio keep keepalive keeps kept kernel key keyerror keyid keypairs keys kind kms
kmsinvalidsignature kmsoptinrequired known kotlin ks ksh kthreadd kty kubectl kubeplus kubernetes kvm kwin lacks
lambda lang langgenius laravel large last later latest latin1 launchagents launchd launchdaemons lc le leadingblanks
leave left legacy length level lf li lib library lightdm likely limit limitexceeded line lines lint linux linuxkit
list listaccesskeys listaccountroles listbuckets listed listfunctions listmfadevices listobjects listobjectversions
listprofiledetail listqueues listsecrets listsubscriptions listtables listtopics listusers litellm literal
literalpath ln load loadclienttlscerterror loadcustomcabundleerror loaded loading local localappdata localhost
locals localstack locate location lock log login loginprofile loginrefreshrequired logintoken logintokenload
logintokenloaderror logname logout logrequest logrequestwithbody logresponse logresponsewithbody logs long look loop
lost lower lr lstart lt machine made mail main makes mal malformed malformedpolicydocument manage managed manager
mangled many map mar mark masked match matchedstatements matches max may mayask md me mechanism member members mend
message meta metadata metadataretrieval method mfa mfadevices mhart microsoft min minio minio123 minioadmin minute
minutes misconfigured mismatch missing missingauthenticationtoken missingauthenticationtokenexception
missingclienttokenid missingcredentialserror missingendpoint missingsecurityheader mixed mjs mk ml mm mmorris1975 mn
mnt mobile mock mocked mode model modifiedat modify module modules more most move much multifactorauthentication
multiregion must mv mx my name named names namespace nan nbf nbsp ncaused nd ne need needs neighbour neither nested
net network never new newer newline next ni nil nilclass nio no nobody nocredentialproviders nocredentials
nocredentialserror node nodejs noglob nomethoderror non nondefault none nonetype noninteractive noprofile nor north
northeast northwest nosuchentity nosuchfileexception nosuchprofileerror not notauthorized notauthorizedexception
note nothing notsignedup nov now npm nrt nrtbf nrtu nt ntp ntpd ntpsec nuke nul null nullpointerexception num number
numerror nuxt object objectacl objects observed occurred oct odd oddities ode of off offline offset oidc ok old
older on one onedrive only onprobe oo op open openidconnect openidconnectproviders openwpm operation
operationdeserializer operationerror operator opt opted optinrequired optinstatus option options or order org
originalerror os oserror osrelease other others othervariables otherwise otp our out outcome outcomes outlives
output over override overrides overview own p1 p10 p1363 p2 p3 p4 p5 p6 p7 p8 p9 packedpolicytoolarge pager pair pam
panic parameter parameters parent parse parsed parseerror parseexception parseint parsing part partial
partialcredentials partialcredentialserror partition partitions pass passenvironment passes passphrase passw passwd
password paste path patherror pathof pathword pattern pc pendingverification percent perform perhaps permission
permissionerror permissions php phpstorm phrase pick pid pipe pipeline pipelines placeholder placement placeof plain
plan planned plasmashell platform please plist plugins plus pod pods points policy pool pools populated port portal
position posix possible post powershell ppid pre preference preferences preferred prefix prefixed prepend presign
presigned preview previous prime principal printf private privateca probe problem proc process processes
processproviderexecutionerror prod products profile profileconfigfileawscredentialsprovider profilename
profilenotfound profiles program programfiles programs project promise prompt proof propagated properties property
protected proto proven proves provide provided provider providerconfigurationexception providererror providers
prowler proxy ps ps1 ptp public publish pull put putbucket putlogevents putsecretvalue pwd pwsh py pycache pycharm
pypi python qrstuvwxyz234567 qsn quarantined query question queue quo quot quota quotas quote quoted quotes ra rails
ram rb rd rds read readfile reading readme readonly real reason reauthenticate received receivedat receivemessage
recent reconfigure records recursionerror redacted reencrypt ref reference referenced references refresh refreshed
refreshtoken refusal refused refuses reg region regional regiondisabled regiondisabledexception regionname
regionoptstatus regions registerclient registeredaccounts registration registrationexpiresat registry registrylogin
rejected relative relay rememberssetting remote remove removed removes rename renewed repair repeat repeated replace
replaceall replaced replies reply request requesterror requestexpired requestid requestinthefuture requestlimit
requesttime requesttimetooskewed require required requires reserved resolve resolved resource resources response
responses restrict result resulted resync resynchronize retries retrieve retrieving retry retryable retrydelay
retrymode return rfc3339 ri rider right rm rn ro role rolearn rolecredentials rolepolic roles rolesessionname root
route53 rror ruby rubymine rule run runas runc runinstances running runtime rust rustrover s3 s3api s3cfg s3fs s6 sa
sam samconfig same saml samlproviders samp sample sarif satisfy says sc2s scan schema schemastore scheme scloud
scope scoped scopes script sd sddm sdk sdkclientexception sdkref sdks second seconds secret secretaccesskey
secretkey secrets secretsmanager section sections secure secureconnect security securitygroups sed see seed seen
select selected self send sendemail sendmessage sendrawemail sendtask sensitive sent sentence sep separator serial
serialnumber server servercertificates serverless servertime service serviceaccount services ses session
sessionleader sessions sessiontoken set setenv setenvironmentvariable setopt sets setting settings setuvar setx
several sgov sh sha256 shadowed shadows shape shared sharedconfigassumeroleerror sharedconfigerr
sharedconfigloaderror sharedconfigprofilenotexisterror sharedconfigprofilenotexistserror
sharedinifilecredentialsproviderfailure shell shim short should show shown shows si sighup sigint sigkill sign
signal signature signaturedoesnotmatch signedheader signedheaders signin signing signingregion signinregion sigs
sigterm sigv sigv4 sigv4a silent silentlycontinue similar simonw single six size skew skip skipped slash slice
slowdown sls smithy sms smss smtp smtpauthentication snap snapshots sns sntp sofar soft software some source
sourceof sourceprofilecircularreferenceerror sources south southeast space span specific specified spelling split
split0 spool spring sqs src ss ssh sshd sshpublickeys ssm sso ssocredentialsprovider ssocredentialsproviderfailure
ssocreds ssoproviderinvalidtoken ssosession ssotokenload ssotokenloaderror ssotokenprovider ssotokenproviderfailure
st stackoverflowerror stacks stage stale stamp standard standardized start startdeviceauthorization started
startedat startexecution startup starturl stat state statement statementid states static staticcredentialsempty
staticcredentialsemptyerror status statuscode stderr stdout step steps still stmt stop storage store str strange
stranger strconv stream streams stretches string stringify stringtosignbytes strong sts
stsassumerolewebidentitycredentialsprovider stsregionalendpoint studio stumble style su sub subject sublime subnets
subscribed subscription subscriptionrequiredexception subshell succeeds success sudo summary supported surely
surrounding surroundings suspended svchost svn swapped swift switch switched sync synchronized syntax syntaxerror
sys sysopen system system32 systemd systemroot sz t00 t15 tab table tabs tag tagsession taint take takenout target
task taskkill tbd tcp tcsh tcshrc td teamcity tells temp template temporary term terminate terraform test testing
text tf tfstate tfvars th than that the them then there this three throttl throttling through throughpowershell
thrown thumbprint time timed timeout timeoutms timestamp timesync timesyncd tini title tls tmp to tobase64string
todo tofu token tokencode tokenless tokenrefreshrequired tokenretrieval tokenretrievalerror tokens tokentype told
tolowercase toml too toolkit tools toomanyrequests totp touppercase tr trace traceback travis trim trims
troubleshoot troubleshooting true truncated trust try ts tt ttl tty twice two txt typ type typeerror typescript
typeset tz u0001 u0085 u0800 u1680 u1fff u2000 u200a u2010 u2027 u2028 u2029 u202a u202e u202f u2030 u205e u205f
u2060 u2f u2fff u3000 u3001 ua ud7ff ue000 ue001 ufeff ufffd uffff uk ul unable unanswered unassigned unauthorized
unauthorizedexception unauthorizedoperation unauthorizedssotoken unauthorizedssotokenerror unavailable
uncheckedioexception unclear undefined unexpected unexpectedanswer unexport unhandled universal unknown
unknownendpoint unlock unmarshaltypeerror unreachable unread unreadable unrecognizedclientexception unrestricted
unset unsetenv unsetenvironment unsetopt unsupported unsupportedsource untaint until untold untouched unusable
unverified unwrap unwritable up update updatefunctioncode upload uploadpart uri url urlencoded urlparam urls us
usable usage use usebackq used user userguide userhome userid userinit username userpolic userprofile users
usertogroup using usr usual utc utf utf16codeunits utf8 util uuid ux v1 v2 v2token v3 v4 valid validate validating
validation validationerror value valueerror values var variable variables vault vendor venv vercel verification
verifier version versions virtual virtualmfadevices visited volumes vpc vpcs vscode w32tm wait warn warning was
wayland wc wd we web webhook webidentity webidentityerr webidentitytoken webidentitytokenfile
webidentitytokenfilepath webstorm well were west what when where while whitespace whole width win win32 windows
windowspowershell windsurf wininit winlogon winner with without withprofile withresponsestream word words work
workspace wrapped write written wrong ws wsl wslhost wss www wx x02 x03aws x06er x06origin x07 x09origin x0a x15 x17
x1b x1c x1d x1e x20 x21 x7f x85 xa0 xa1 xcode xdg xen xinit xml xmlns xorg xpc xx xxx ya yaml yes yet yml you your
yu z0 z07 z2 za zdotdir zed zero zl zlogin zp zprofile zsh zshenv zshrc zz
`

/** In small letters. */
export const vocabulary: ReadonlySet<string> = new Set(words.trim().split(/\s+/))

const regionPart =
  /^(us|eu|ap|ca|sa|me|af|il|mx|cn|gov|iso|isob|isoe|isof|east|west|north|south|central|northeast|southeast|northwest|southwest)$/i

/** Whether everybody may see a word: rules of this program know it, or it is a short number or a part of a region's name. */
export function isPublicWord(word: string): boolean {
  return (
    vocabulary.has(word.toLowerCase()) ||
    regionPart.test(word) ||
    // Ports, durations, parts of dates; a one-time code has six digits.
    /^\d{1,5}$/.test(word) ||
    /^[A-Za-z]\d{0,2}$/.test(word) ||
    /^\d{1,4}T\d{1,2}$/.test(word) ||
    /^\d{1,9}(Z|UTC|GMT)$/.test(word) ||
    /^20\d{6}(T\d{6}Z?)?$/.test(word)
  )
}
