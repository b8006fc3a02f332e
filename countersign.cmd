@echo off
rem Runs any verb of Countersign from this checkout; sets up first when needed.
setlocal
set "ROOT=%~dp0"
node "%ROOT%setup.mjs" || exit /b 70
"%ROOT%node_modules\node\bin\node.exe" "%ROOT%src\cli\main.ts" %*
exit /b %ERRORLEVEL%
