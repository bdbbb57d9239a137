import { describeChannelCompliance } from "@openclaw/channels-contract/compliance";

import { telegramSubject } from "./telegram-subject.ts";

describeChannelCompliance("the Telegram channel", telegramSubject);
