; The installer for Windows, for one user and without administrator's rights. tools/windows_installer.py runs makensis
; with VERSION (four numbers), NAME (as people read it), FOLDER (what is installed), OUT (the file to write), and QUICK
; where it is only tried and need not be small.

Unicode true
Target amd64-unicode
ManifestDPIAware true
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
!endif
SetDateSave off

!include "MUI2.nsh"
!include "LogicLib.nsh"
!include "Win\COM.nsh"
!include "Win\Propkey.nsh"

!define IDENTITY "posturewatch" ; the program identity (AUMID) under which notifications with buttons are shown
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\posturewatch"
!define SHORTCUT "$SMPROGRAMS\posturewatch.lnk"

Name "posturewatch"
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\posturewatch"
BrandingText "posturewatch ${NAME}"
VIProductVersion "${VERSION}"
VIAddVersionKey "ProductName" "posturewatch"
VIAddVersionKey "FileDescription" "posturewatch: posture and break reminders by the webcam"
VIAddVersionKey "FileVersion" "${NAME}"
VIAddVersionKey "ProductVersion" "${NAME}"
VIAddVersionKey "LegalCopyright" "The posturewatch authors, MIT licence"

!define MUI_ICON "${FOLDER}\posturewatch.ico"
!define MUI_UNICON "${FOLDER}\posturewatch.ico"
!define MUI_FINISHPAGE_RUN "$INSTDIR\pythonw.exe"
!define MUI_FINISHPAGE_RUN_PARAMETERS "-m posturewatch setup --window"
!define MUI_FINISHPAGE_RUN_TEXT "$(SETUP)"
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "Japanese"
LangString SETUP ${LANG_ENGLISH} "Set posturewatch up now"
LangString SETUP ${LANG_GERMAN} "posturewatch jetzt einrichten"
LangString SETUP ${LANG_SPANISH} "Configurar posturewatch ahora"
LangString SETUP ${LANG_JAPANESE} "posturewatch の初期設定を始める"

; What runs is asked to end, and given the time to write its minute down.
!macro EndWhatRuns
  ${If} ${FileExists} "$INSTDIR\pythonw.exe"
    nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\pythonw.exe" -m posturewatch quit'
    Pop $0
    Sleep 1500
  ${EndIf}
!macroend

; A shortcut with the identity in it: IShellLink for the file, IPropertyStore for the identity, both saved as one.
!macro Shortcut
  !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
  ${If} $0 P<> 0
    ${IShellLink::SetPath} $0 '("$INSTDIR\pythonw.exe").r1'
    ${IShellLink::SetArguments} $0 '("-m posturewatch start").r1'
    ${IShellLink::SetWorkingDirectory} $0 '("$INSTDIR").r1'
    ${IShellLink::SetIconLocation} $0 '("$INSTDIR\posturewatch.ico", 0).r1'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r1)'
    ${If} $1 P<> 0
      System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r2'
      System::Call 'oleaut32::SysAllocString(w "${IDENTITY}")p.r3'
      System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_BSTR},,p r3)p.r4'
      ${IPropertyStore::SetValue} $1 '($2,$4)'
      ${IPropertyStore::Commit} $1 ""
      System::Call 'oleaut32::SysFreeString(p r3)'
      System::Free $2
      System::Free $4
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
      ${IPersistFile::Save} $1 '("${SHORTCUT}",1)'
      ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
  ${EndIf}
!macroend

Section
  !insertmacro EndWhatRuns
  RMDir /r "$INSTDIR" ; program only; settings, log and journal lie in the user's own folders
  SetOutPath "$INSTDIR"
  File /r "${FOLDER}\*"
  !insertmacro Shortcut
  ; The same identity by the registry, for Windows versions that look there, with the name and icon that it is shown by.
  WriteRegStr HKCU "Software\Classes\AppUserModelId\${IDENTITY}" "DisplayName" "posturewatch"
  WriteRegStr HKCU "Software\Classes\AppUserModelId\${IDENTITY}" "IconUri" "$INSTDIR\posturewatch.ico"
  WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\posturewatch.exe" "" "$INSTDIR\posturewatch.exe"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "posturewatch"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "The posturewatch authors"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\posturewatch.ico"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  WriteUninstaller "$INSTDIR\uninstall.exe"
SectionEnd

Section "Uninstall"
  !insertmacro EndWhatRuns
  nsExec::Exec /TIMEOUT=20000 '"$INSTDIR\pythonw.exe" -m posturewatch autostart disable'
  Pop $0
  Delete "${SHORTCUT}"
  RMDir /r "$INSTDIR"
  DeleteRegKey HKCU "Software\Classes\AppUserModelId\${IDENTITY}"
  DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\posturewatch.exe"
  DeleteRegKey HKCU "${UNINSTALL}"
SectionEnd
